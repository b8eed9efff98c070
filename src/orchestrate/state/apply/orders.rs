//! Orders: placed, changed, cancelled, held and released.

use crate::domain::Place;
use crate::ids::{OrderId, SkuId};
use crate::orchestrate::event::Resolution;
use crate::orchestrate::event::{
    ChangedLine, JourneyKind, Name, OrderCancelled, OrderChanged, OrderPlaced, Text,
};
use crate::orchestrate::state::apply::portions::BEFORE_LEAVING;
use crate::orchestrate::state::apply::{
    Contradiction, Done, Step, of_line, of_order, units, unknown,
};
use crate::orchestrate::state::{Cause, Destination, Hold, Line, Order, Outcome, Subject, Terms};
use crate::units::{Decimal, Money, Quantity};

/// The most units that a line may ever have been ordered.
const MOST_UNITS: Quantity = 1_000_000_000;

impl Step<'_> {
    pub(super) fn place(&mut self, placed: &OrderPlaced) -> Done {
        if let Some(order) = self.state.order_names.get(&placed.order_id) {
            let detail = "an order of this id is there already".to_owned();
            return Err(Contradiction { subject: of_order(order), detail });
        }
        let of_placed = |wrong: Contradiction| Contradiction {
            detail: format!("order {}: {}", &*placed.order_id, wrong.detail),
            ..wrong
        };
        let terms = self.terms(placed).map_err(of_placed)?;
        let mut lines = Vec::with_capacity(placed.lines.len());
        for line in &placed.lines {
            let sku = self.sku(&line.sku).map_err(of_placed)?;
            let price = self.price(line.unit_price).map_err(of_placed)?;
            lines.push(new_line(&line.line, sku, price, &line.together));
        }
        let Some(order) = self.state.order_names.add(&placed.order_id) else { return Ok(()) };
        let dates = [terms.ship_by, terms.deliver_by];
        self.state.due.extend(dates.into_iter().flatten().map(|day| (day, order)));
        let (holds, history, exceptions) = (Vec::new(), Vec::new(), Vec::new());
        self.state.orders.push(Order { terms, lines, holds, history, exceptions });
        self.note(order, None, None, None, None);
        for (index, line) in placed.lines.iter().enumerate() {
            self.add_units(order, index as u32, line.quantity.0);
            self.compare_price(order, index as u32);
            self.settle(order, index as u32);
        }
        Ok(())
    }

    fn terms(&self, placed: &OrderPlaced) -> Result<Terms, Contradiction> {
        let is_pickup = placed.journey == Some(Name(JourneyKind::Pickup));
        let destination = match (is_pickup, &placed.pickup_node) {
            (true, Some(node)) => Destination::Pickup {
                node: self.node(node)?,
                radius_km: placed.pickup_radius_km.map_or(0.0, |km| km.0),
            },
            (true, None) => return Err(nowhere()),
            (false, _) => {
                // A file with such an event is not read; one from elsewhere may have it.
                let (Some(latitude), Some(longitude)) = (placed.latitude, placed.longitude) else {
                    return Err(nowhere());
                };
                Destination::Ship(Place {
                    latitude: latitude.0,
                    longitude: longitude.0,
                    country: placed.country.as_deref().unwrap_or("US").into(),
                    postal_code: placed.postal_code.as_deref().unwrap_or_default().into(),
                })
            }
        };
        let text = |text: &Option<Text>| text.as_deref().unwrap_or_default().into();
        Ok(Terms {
            placed_at: placed.placed_at.unwrap_or(self.at),
            destination,
            ship_by: placed.ship_by.map(|date| date.0),
            deliver_by: placed.deliver_by.map(|date| date.0),
            deadline: placed.deadline.map(|name| name.0),
            weight: placed.weight.map_or(Decimal::ONE, |weight| weight.0),
            channel: text(&placed.channel),
            customer_tier: text(&placed.customer_tier),
            ship_complete: placed.ship_complete.unwrap_or(false),
            max_shipments: placed.max_shipments.map(|most| most.0),
            exchange_of: placed.exchange_of.as_ref().map(|order| order.0.clone()),
        })
    }

    fn add_units(&mut self, order: OrderId, line: u32, quantity: Quantity) {
        self.state.orders[order].lines[line as usize].ordered += quantity;
        self.add_open(order, line, quantity);
    }

    /// Compares the price of a line with the list.
    fn compare_price(&mut self, order: OrderId, line: u32) {
        let of = &self.state.orders[order].lines[line as usize];
        let (sku, price) = (of.sku, of.unit_price);
        let Some(&list) = self.state.prices.get(&sku) else { return };
        let subject = Subject { sku: Some(sku), ..of_line(order, line) };
        if self.state.rules.tolerates(price, list) {
            self.pass(Cause::PriceMismatch, subject);
            return;
        }
        let digits = self.state.minor_digits;
        let show = |money: Money| crate::units::format_fixed(i128::from(money.0), digits);
        let detail = format!("ordered at {}, the list says {}", show(price), show(list));
        self.raise(Cause::PriceMismatch, subject, None, detail);
    }

    pub(super) fn change_order(&mut self, change: &OrderChanged) -> Done {
        let order = self.order(&change.order_id)?;
        let subject = of_order(order);
        if self.state.orders[order].is_done() {
            let detail = "nothing of the order is left to change".to_owned();
            return Err(Contradiction { subject, detail });
        }
        let destination = self.destination(order, change).map_err(|wrong| wrong.about(subject))?;
        let lines = change.lines.as_deref().unwrap_or_default();
        // Everything is looked at before anything is changed.
        let steps = lines.iter().map(|line| self.line_change(order, line));
        let steps: Vec<LineChange> = steps.collect::<Result<_, _>>()?;
        let terms = &mut self.state.orders[order].terms;
        terms.destination = destination;
        terms.ship_by = change.ship_by.map(|date| date.0).or(terms.ship_by);
        terms.deliver_by = change.deliver_by.map(|date| date.0).or(terms.deliver_by);
        terms.deadline = change.deadline.map(|name| name.0).or(terms.deadline);
        terms.weight = change.weight.map_or(terms.weight, |weight| weight.0);
        terms.ship_complete = change.ship_complete.unwrap_or(terms.ship_complete);
        terms.max_shipments = change.max_shipments.map(|most| most.0).or(terms.max_shipments);
        let dates = [terms.ship_by, terms.deliver_by];
        self.state.due.extend(dates.into_iter().flatten().map(|day| (day, order)));
        self.note(order, None, None, None, change.reason.as_deref());
        for (step, line) in steps.into_iter().zip(lines) {
            self.change_line(order, step, line);
        }
        for line in 0..self.state.orders[order].lines.len() as u32 {
            self.settle(order, line);
        }
        Ok(())
    }

    /// Where an order goes after a change.
    fn destination(
        &self,
        order: OrderId,
        change: &OrderChanged,
    ) -> Result<Destination, Contradiction> {
        let wrong = |detail: &str| {
            Err(Contradiction { subject: of_order(order), detail: detail.to_owned() })
        };
        let names_place = change.latitude.is_some()
            || change.longitude.is_some()
            || change.country.is_some()
            || change.postal_code.is_some();
        match &self.state.orders[order].terms.destination {
            Destination::Ship(_) if change.pickup_node.is_some() => {
                wrong("the order is sent to the customer and has no pickup node")
            }
            Destination::Pickup { .. } if names_place => {
                wrong("the order is collected and has no place of the customer")
            }
            Destination::Ship(place) => Ok(Destination::Ship(Place {
                latitude: change.latitude.map_or(place.latitude, |degrees| degrees.0),
                longitude: change.longitude.map_or(place.longitude, |degrees| degrees.0),
                country: change.country.as_ref().map_or(&place.country, |text| &text.0).clone(),
                postal_code: change
                    .postal_code
                    .as_ref()
                    .map_or(&place.postal_code, |text| &text.0)
                    .clone(),
            })),
            Destination::Pickup { node, radius_km } => Ok(Destination::Pickup {
                node: match &change.pickup_node {
                    Some(name) => self.node(name)?,
                    None => *node,
                },
                radius_km: *radius_km,
            }),
        }
    }

    /// What a changed line asks for, if it can be done.
    fn line_change(
        &self,
        order: OrderId,
        change: &ChangedLine,
    ) -> Result<LineChange, Contradiction> {
        let Some(line) = self.state.orders[order].line(&change.line) else {
            let (Some(sku), Some(quantity)) = (&change.sku, change.quantity) else {
                return Err(unknown(of_order(order), "line", &change.line));
            };
            let sku = self.sku(sku).map_err(|wrong| wrong.about(of_order(order)))?;
            let price = self.price(change.unit_price).map_err(|w| w.about(of_order(order)))?;
            return Ok(LineChange::New(sku, quantity.0, price));
        };
        let subject = of_line(order, line);
        let of = &self.state.orders[order].lines[line as usize];
        if change.sku.as_ref().is_some_and(|sku| self.state.sku_names.get(sku) != Some(of.sku)) {
            let detail = "the item of a line cannot change; cancel it and add another".to_owned();
            return Err(Contradiction { subject, detail });
        }
        let kit = change.together.as_ref().map(|kit| &kit.0);
        if kit.is_some_and(|kit| of.together.as_ref() != Some(kit)) {
            let detail = "the kit of a line cannot change; cancel it and add another".to_owned();
            return Err(Contradiction { subject, detail });
        }
        let wanted = change.quantity.map_or(of.wanted(), |quantity| quantity.0);
        let leaving: Quantity = BEFORE_LEAVING.iter().map(|stage| of.units(*stage)).sum();
        let more = wanted.saturating_sub(of.wanted());
        let fewer = of.wanted().saturating_sub(wanted);
        if fewer > leaving {
            let left = units((of.wanted() - leaving).into());
            let detail = format!("{} wanted, but {left} have left already", units(wanted.into()));
            return Err(Contradiction { subject, detail });
        }
        if of.ordered.saturating_add(more) > MOST_UNITS {
            let detail = format!("more than {MOST_UNITS} units of a line");
            return Err(Contradiction { subject, detail });
        }
        let price = match change.unit_price {
            Some(price) => Some(self.money(price.0).map_err(|wrong| wrong.about(subject))?),
            None => None,
        };
        Ok(LineChange::Known { line, more, fewer, price })
    }

    fn change_line(&mut self, order: OrderId, step: LineChange, change: &ChangedLine) {
        match step {
            LineChange::New(sku, quantity, price) => {
                let lines = &mut self.state.orders[order].lines;
                let line = lines.len() as u32;
                lines.push(new_line(&change.line, sku, price, &change.together));
                self.add_units(order, line, quantity);
                self.note(order, Some(line), Some(quantity), None, None);
                self.compare_price(order, line);
            }
            LineChange::Known { line, more, fewer, price } => {
                if more > 0 {
                    self.add_units(order, line, more);
                }
                if fewer > 0 {
                    // There are as many: that was looked at.
                    let cancelled = self.cancel_units(order, line, Some(fewer), |_| true);
                    debug_assert!(cancelled.is_ok());
                }
                let wanted = self.state.orders[order].lines[line as usize].wanted();
                self.note(order, Some(line), Some(wanted), None, None);
                if let Some(price) = price {
                    self.state.orders[order].lines[line as usize].unit_price = price;
                    self.compare_price(order, line);
                }
            }
        }
    }

    pub(super) fn cancel_order(&mut self, cancel: &OrderCancelled) -> Done {
        let order = self.order(&cancel.order_id)?;
        let mut cancelled: Quantity = 0;
        let lines = self.state.orders[order].lines.len() as u32;
        for line in 0..lines {
            // A line that has left in full has nothing to cancel.
            let units = self.cancel_units(order, line, None, |_| true).unwrap_or(0);
            cancelled = cancelled.saturating_add(units);
        }
        let gone: u64 = self.state.orders[order].lines.iter().map(|l| u64::from(l.wanted())).sum();
        if cancelled > 0 {
            self.note(order, None, Some(cancelled), None, cancel.reason.as_deref());
        }
        for line in 0..lines {
            self.settle(order, line);
        }
        match gone {
            0 if cancelled > 0 => Ok(()),
            0 => {
                let detail = "the order is cancelled already".to_owned();
                Err(Contradiction { subject: of_order(order), detail })
            }
            gone => {
                let detail = format!("{} left already and cannot be cancelled", units(gone));
                Err(Contradiction { subject: of_order(order), detail })
            }
        }
    }

    pub(super) fn hold_order(&mut self, name: &str, reason: &Option<Text>) -> Done {
        let order = self.order(name)?;
        let of = &mut self.state.orders[order];
        let detail = match (of.holds.contains(&Hold::Asked), of.is_done()) {
            (true, _) => "the order is held already",
            (_, true) => "nothing of the order is left to hold",
            _ => {
                of.holds.push(Hold::Asked);
                self.note(order, None, None, None, reason.as_deref());
                return Ok(());
            }
        };
        Err(Contradiction { subject: of_order(order), detail: detail.to_owned() })
    }

    pub(super) fn release_order(&mut self, name: &str, reason: &Option<Text>) -> Done {
        let order = self.order(name)?;
        let of = &mut self.state.orders[order];
        if !of.is_held() {
            let detail = "the order is not held".to_owned();
            return Err(Contradiction { subject: of_order(order), detail });
        }
        let holds = std::mem::take(&mut of.holds);
        self.note(order, None, None, None, reason.as_deref());
        for hold in holds {
            if let Hold::Exception(exception) = hold {
                let exception_of = &mut self.state.exceptions[exception];
                exception_of.holds.remove(&order);
                exception_of.let_go.insert(order);
                if exception_of.holds.is_empty() {
                    self.free(exception, false);
                    self.end(exception, Outcome::Decided(Resolution::Release));
                }
            }
        }
        Ok(())
    }
}

/// An order that does not say where the customer is served.
fn nowhere() -> Contradiction {
    let detail = "it is not said where the customer is served".to_owned();
    Contradiction { subject: Subject::default(), detail }
}

/// What a changed line asks for.
enum LineChange {
    New(SkuId, Quantity, Money),
    Known { line: u32, more: Quantity, fewer: Quantity, price: Option<Money> },
}

fn new_line(name: &Text, sku: SkuId, unit_price: Money, together: &Option<Text>) -> Line {
    Line {
        name: name.0.clone(),
        sku,
        ordered: 0,
        unit_price,
        together: together.as_ref().map(|kit| kit.0.clone()),
        portions: Vec::new(),
        excluded: Vec::new(),
    }
}
