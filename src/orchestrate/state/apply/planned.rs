//! What a plan decides about units of a line.

use crate::domain::NodeKind;
use crate::ids::NodeId;
use crate::orchestrate::event::LinePlanned;
use crate::orchestrate::state::apply::{Contradiction, Done, Step, of_line};
use crate::orchestrate::state::{Portion, Stage, Subject, Way};

/// The stages of units that a plan may decide about, in the order in which it takes them.
const PLANNABLE: [Stage; 4] = [Stage::Open, Stage::Exception, Stage::Planned, Stage::Released];

impl Step<'_> {
    pub(super) fn plan_line(&mut self, plan: &LinePlanned) -> Done {
        let (order, line) = self.line(&plan.order_id, &plan.line)?;
        let subject = of_line(order, line);
        let way = self.way(plan).map_err(|wrong| wrong.about(subject))?;
        let source = way.source;
        let subject = Subject { node: Some(source), ..subject };
        self.not_held(order).map_err(|wrong| Contradiction { subject, ..wrong })?;
        let sku = self.state.orders[order].lines[line as usize].sku;
        if !self.state.stock.contains_key(&(source, sku)) {
            let (node, sku) = (&*plan.node_id, self.state.sku_names.name(sku));
            let detail = format!("{node} has no row of stock of {sku}");
            return Err(Contradiction { subject, detail });
        }
        let instead = self.optional_node(&plan.instead_of).map_err(|wrong| wrong.about(subject))?;
        let wanted = plan.quantity.map(|units| units.0);
        // Without a number a plan is for what waits; released units are recalled only by number.
        let stages = if wanted.is_some() { &PLANNABLE[..] } else { &PLANNABLE[..3] };
        let moved = self.shift(
            order,
            line,
            wanted,
            stages,
            |part| part.is_at(instead),
            |part| Portion {
                stage: Stage::Planned,
                quantity: part.quantity,
                way: Some(Box::new(way.clone())),
                exception: None,
            },
        );
        let moved = moved.map_err(|wrong| Contradiction { subject, ..wrong })?;
        let tier = plan.tier.map(|tier| format!("tier {}", tier.0));
        let note: Vec<&str> = tier.as_deref().into_iter().chain(plan.reason.as_deref()).collect();
        let note = (!note.is_empty()).then(|| note.join(": "));
        self.note(order, Some(line), Some(moved), Some(source), note.as_deref());
        self.settle(order, line);
        Ok(())
    }

    /// How a plan sends units.
    fn way(&self, plan: &LinePlanned) -> Result<Way, Contradiction> {
        let source = self.node(&plan.node_id)?;
        let subject = Subject { node: Some(source), ..Subject::default() };
        if self.state.nodes[source].kind == NodeKind::Hub {
            let detail = format!("{} is a hub and never a source", &*plan.node_id);
            return Err(Contradiction { subject, detail });
        }
        let route = plan.route.as_ref().map_or(&[][..], |route| &route.0);
        let via: Result<Vec<NodeId>, _> =
            route.iter().skip(1).map(|name| self.node(name)).collect();
        Ok(Way {
            source,
            via: via?,
            departs: plan.departs.as_ref().map_or_else(Vec::new, |dates| dates.0.clone()),
            service: self.service(&plan.service)?,
            release_date: plan.release_date.0,
            ship_date: plan.ship_date.0,
            delivery_date: plan.delivery_date.0,
            shipment: plan.shipment_id.as_ref().map(|name| name.0.clone()),
            sent_to: None,
        })
    }
}
