//! What vendors answer: they take a purchase order, refuse it, or send the units.

use crate::domain::NodeKind;
use crate::ids::NodeId;
use crate::orchestrate::event::{VendorAcknowledged, VendorRejected, VendorShipped};
use crate::orchestrate::state::apply::life::{About, Leave};
use crate::orchestrate::state::apply::{Contradiction, Done, Step};
use crate::orchestrate::state::{Cause, Portion, Stage};

impl Step<'_> {
    pub(super) fn acknowledge(&mut self, line: &VendorAcknowledged) -> Done {
        let about = self.about(&line.order_id, &line.line, line.quantity, &line.node_id)?;
        let from = [Stage::Released];
        let about = self.at_vendor(about, &from)?;
        let node = about.node;
        let moved = self.shift(
            about.order,
            about.line,
            about.wanted,
            &from,
            |part| part.is_at(node),
            |part| {
                let mut part = part.in_stage(Stage::Accepted);
                if let Some(way) = part.way.as_deref_mut() {
                    let ship = line.ship_date.map_or(way.ship_date, |date| date.0);
                    way.ship_date = ship;
                    if way.via.is_empty() {
                        way.release_date = ship;
                    }
                    way.delivery_date = line.delivery_date.map_or(way.delivery_date, |date| date.0);
                }
                part
            },
        );
        self.done(&about, moved, None)
    }

    pub(super) fn refuse(&mut self, line: &VendorRejected) -> Done {
        let about = self.about(&line.order_id, &line.line, line.quantity, &line.node_id)?;
        let from = [Stage::Released, Stage::Accepted];
        let about = self.at_vendor(about, &from)?;
        let until = line.until.map(|date| date.0);
        self.stop(&about, &from, Cause::VendorReject, until, line.reason.as_deref())
    }

    pub(super) fn ship_from_vendor(&mut self, line: &VendorShipped) -> Done {
        let about = self.about(&line.order_id, &line.line, line.quantity, &line.node_id)?;
        let from = [Stage::Packed, Stage::Picked, Stage::Accepted, Stage::Released];
        let about = self.at_vendor(about, &from)?;
        let leave = Leave {
            to: self.optional_node(&line.to_node).map_err(|wrong| wrong.about(about.subject()))?,
            service: &line.service,
            shipment: &line.shipment_id,
            delivery_date: line.delivery_date.map(|date| date.0),
            tracking: &line.tracking,
        };
        self.leave(&about, &from, &leave)
    }

    /// Finds that the node of an event of vendors is none, and names the one that has units in these
    /// stages where the event does not.
    fn at_vendor(&self, about: About, stages: &[Stage]) -> Result<About, Contradiction> {
        let is_vendor = |node: &NodeId| self.state.nodes[*node].kind == NodeKind::Vendor;
        let line = &self.state.orders[about.order].lines[about.line as usize];
        let parts = line.portions.iter().filter(|part| stages.contains(&part.stage));
        let mut vendors: Vec<NodeId> = parts.filter_map(Portion::node).filter(is_vendor).collect();
        vendors.sort_unstable();
        vendors.dedup();
        let detail = match (about.node, &*vendors) {
            (Some(node), _) if is_vendor(&node) => return Ok(about),
            (None, [only]) => return Ok(About { node: Some(*only), ..about }),
            (Some(node), _) => format!("{} is no vendor", self.state.node_names.name(node)),
            (None, []) => {
                let names: Vec<&str> = stages.iter().map(|stage| stage.name()).collect();
                format!("no vendor has units of the line that are {}", names.join(" or "))
            }
            (None, _) => "several vendors have units of the line, and none is named".to_owned(),
        };
        Err(Contradiction { subject: about.subject(), detail })
    }
}
