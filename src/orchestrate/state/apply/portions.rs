//! Units of a line from stage to stage: split where an event names fewer, joined where they stand
//! together again, bound to stock and freed.

use crate::ids::{ExceptionId, NodeId, OrderId};
use crate::orchestrate::state::apply::{Contradiction, Step, of_line, units};
use crate::orchestrate::state::{Portion, Stage};
use crate::units::Quantity;

impl Step<'_> {
    /// Takes units off a line: `wanted`, or all of those that fit. They come from `stages` in this
    /// order, in each from the oldest. What is taken is not part of the line until it is put back.
    ///
    /// # Errors
    /// When there are fewer than wanted, or none; then nothing is taken.
    fn take(
        &mut self,
        order: OrderId,
        line: u32,
        wanted: Option<Quantity>,
        stages: &[Stage],
        fits: impl Fn(&Portion) -> bool,
    ) -> Result<Vec<Portion>, Contradiction> {
        let portions = &mut self.state.orders[order].lines[line as usize].portions;
        let is_wanted = |part: &Portion| stages.contains(&part.stage) && fits(part);
        let there: Quantity =
            portions.iter().filter(|part| is_wanted(part)).map(|part| part.quantity).sum();
        let wanted = wanted.unwrap_or(there);
        if there < wanted || there == 0 {
            let names: Vec<&str> = stages.iter().map(|stage| stage.name()).collect();
            let names = names.join(" or ");
            let detail = match (there, wanted) {
                (0, _) => format!("no such units of the line are {names}"),
                (there, wanted) => {
                    let wanted = units(wanted.into());
                    format!("{wanted} named, {there} such of the line are {names}")
                }
            };
            return Err(Contradiction { subject: of_line(order, line), detail });
        }
        let mut left = wanted;
        let mut taken = Vec::new();
        for stage in stages {
            for part in portions.iter_mut().filter(|part| part.stage == *stage && fits(part)) {
                let quantity = part.quantity.min(left);
                if quantity > 0 {
                    part.quantity -= quantity;
                    left -= quantity;
                    taken.push(Portion { quantity, ..part.clone() });
                }
            }
        }
        portions.retain(|part| part.quantity > 0);
        for part in &taken {
            self.bind(order, line, part, false);
        }
        Ok(taken)
    }

    /// Puts units on a line, with those that stand where they stand.
    fn put(&mut self, order: OrderId, line: u32, part: Portion) {
        self.bind(order, line, &part, true);
        let portions = &mut self.state.orders[order].lines[line as usize].portions;
        let same = portions.iter_mut().find(|known| {
            (known.stage, known.exception) == (part.stage, part.exception) && known.way == part.way
        });
        match same {
            Some(same) => same.quantity += part.quantity,
            None => {
                let at = portions.partition_point(|known| known.stage <= part.stage);
                portions.insert(at, part);
            }
        }
    }

    /// Binds units to the stock of their source while they are there to be sent, or frees them.
    fn bind(&mut self, order: OrderId, line: u32, part: &Portion, is_bound: bool) {
        let Some(way) = part.way.as_deref().filter(|_| part.stage.is_committed()) else { return };
        let sku = self.state.orders[order].lines[line as usize].sku;
        // A line is planned only where there is a row of stock.
        if let Some(stock) = self.state.stock.get_mut(&(way.source, sku)) {
            let bound = (way.release_date, order, line);
            match is_bound {
                true => {
                    stock.bind(bound, part.quantity);
                    self.bound.push((way.source, sku, way.release_date, order));
                }
                false => {
                    stock.free(bound, part.quantity);
                    self.freed.push((way.source, sku));
                }
            }
        }
    }

    /// Moves units of a line to what `to` makes of each portion of them, and returns how many.
    ///
    /// # Errors
    /// When there are fewer than wanted, or none; then nothing is moved.
    pub(super) fn shift(
        &mut self,
        order: OrderId,
        line: u32,
        wanted: Option<Quantity>,
        stages: &[Stage],
        fits: impl Fn(&Portion) -> bool,
        to: impl Fn(Portion) -> Portion,
    ) -> Result<Quantity, Contradiction> {
        let taken = self.take(order, line, wanted, stages, fits)?;
        let quantity = taken.iter().map(|part| part.quantity).sum();
        for part in taken {
            self.put(order, line, to(part));
        }
        Ok(quantity)
    }

    /// Adds units that nothing is decided about.
    pub(super) fn add_open(&mut self, order: OrderId, line: u32, quantity: Quantity) {
        let part = Portion { stage: Stage::Open, quantity, way: None, exception: None };
        self.put(order, line, part);
    }

    /// Makes the units open that fit and returns how many they were.
    pub(super) fn reopen_units(
        &mut self,
        order: OrderId,
        line: u32,
        stages: &[Stage],
        fits: impl Fn(&Portion) -> bool,
    ) -> Quantity {
        let open = |part: Portion| Portion {
            stage: Stage::Open,
            way: None,
            exception: None,
            quantity: part.quantity,
        };
        // That there are none is no contradiction here.
        self.shift(order, line, None, stages, fits, open).unwrap_or(0)
    }

    /// Cancels units that have not left: the least advanced first, those that an exception stops
    /// after the open ones.
    pub(super) fn cancel_units(
        &mut self,
        order: OrderId,
        line: u32,
        wanted: Option<Quantity>,
        fits: impl Fn(&Portion) -> bool,
    ) -> Result<Quantity, Contradiction> {
        let cancel = |part: Portion| Portion {
            stage: Stage::Cancelled,
            way: None,
            exception: None,
            quantity: part.quantity,
        };
        self.shift(order, line, wanted, &BEFORE_LEAVING, fits, cancel)
    }
}

/// The stages of units that have not left, in the order in which they are cancelled.
pub(super) const BEFORE_LEAVING: [Stage; 7] = [
    Stage::Open,
    Stage::Exception,
    Stage::Planned,
    Stage::Released,
    Stage::Accepted,
    Stage::Picked,
    Stage::Packed,
];

impl Portion {
    /// Where the units are: at their source, or at the end of the lane that they left over.
    pub fn node(&self) -> Option<NodeId> {
        let way = self.way.as_deref()?;
        match self.stage {
            Stage::Shipped => way.sent_to,
            stage if stage.is_committed() => Some(way.source),
            _ => None,
        }
    }

    /// Whether the units are at a node; at any where it is not named.
    pub(super) fn is_at(&self, node: Option<NodeId>) -> bool {
        node.is_none() || self.node() == node
    }

    /// The same units in another stage.
    pub(super) fn in_stage(self, stage: Stage) -> Portion {
        Portion { stage, ..self }
    }

    /// The same units, stopped.
    pub(super) fn stopped(self, exception: ExceptionId) -> Portion {
        let exception = Some(exception);
        Portion { stage: Stage::Exception, way: None, exception, quantity: self.quantity }
    }
}
