//! Goods that come back.

use crate::domain::{Condition, NodeKind, Place};
use crate::orchestrate::event::{ReturnAnnounced, ReturnReceived, Text};
use crate::orchestrate::state::apply::stock::MOST_STOCK;
use crate::orchestrate::state::apply::{Contradiction, Done, Step, of_order, of_stock, units};
use crate::orchestrate::state::{Return, Subject};

impl Step<'_> {
    pub(super) fn announce_return(&mut self, goods: &ReturnAnnounced) -> Done {
        let sku = self.sku(&goods.sku)?;
        let order = match &goods.order_id {
            Some(order) => Some(self.order(order)?),
            None => None,
        };
        let subject = order.map_or(Subject { sku: Some(sku), ..Subject::default() }, of_order);
        let drop_node =
            self.optional_node(&goods.drop_node).map_err(|wrong| wrong.about(subject))?;
        let text = |text: &Option<Text>, absent: &str| text.as_deref().unwrap_or(absent).into();
        let place = goods.latitude.zip(goods.longitude).map(|(latitude, longitude)| Place {
            latitude: latitude.0,
            longitude: longitude.0,
            country: text(&goods.country, "US"),
            postal_code: text(&goods.postal_code, ""),
        });
        let announced = Return {
            order,
            sku,
            quantity: goods.quantity.0,
            received: 0,
            condition: goods.condition.map_or(Condition::New, |name| name.0),
            place,
            drop_node,
        };
        match self.state.return_names.get(&goods.return_id) {
            None => {
                self.state.return_names.add(&goods.return_id);
                self.state.returns.push(announced);
            }
            // Somebody says more about it, or something else, while the goods are not there.
            Some(known) if self.state.returns[known].is_corrected_by(&announced) => {
                self.state.returns[known] = announced;
            }
            Some(_) => {
                let detail = format!("the return {} is announced already", &*goods.return_id);
                return Err(Contradiction { subject, detail });
            }
        }
        if let Some(order) = order {
            let note = format!("return {}", &*goods.return_id);
            self.note(order, None, Some(goods.quantity.0), drop_node, Some(&note));
        }
        Ok(())
    }

    pub(super) fn receive_return(&mut self, receipt: &ReturnReceived) -> Done {
        let Some(id) = self.state.return_names.get(&receipt.return_id) else {
            let detail = format!("the return {} is unknown", &*receipt.return_id);
            return Err(Contradiction { subject: Subject::default(), detail });
        };
        let goods = &self.state.returns[id];
        let (order, sku) = (goods.order, goods.sku);
        let subject = order.map_or(Subject { sku: Some(sku), ..Subject::default() }, of_order);
        let node = self.node(&receipt.node_id).map_err(|wrong| wrong.about(subject))?;
        if self.state.nodes[node].kind == NodeKind::Hub {
            let detail = format!("{} is a hub and takes no returns", &*receipt.node_id);
            return Err(Contradiction { subject, detail });
        }
        let left = goods.quantity - goods.received;
        let came = receipt.quantity.map_or(left, |units| units.0);
        if came > left || came == 0 {
            let detail = format!("{} came, {left} of the return were to come", units(came.into()));
            return Err(Contradiction { subject, detail });
        }
        let condition = receipt.condition.map_or(goods.condition, |name| name.0);
        let new = if condition == Condition::New { came } else { 0 };
        let restocked = receipt.restocked.map_or(new, |count| count.0);
        let on_hand = self.state.stock.get(&(node, sku)).map_or(0, |stock| stock.on_hand);
        if restocked > came {
            let detail =
                format!("{} on the shelf again of {came} that came", units(restocked.into()));
            return Err(Contradiction { subject, detail });
        }
        let after = on_hand.checked_add(restocked).filter(|after| *after <= MOST_STOCK);
        let Some(after) = after else {
            let detail = format!("more than {MOST_STOCK} units on hand");
            return Err(Contradiction { subject: of_stock(node, sku), detail });
        };
        let goods = &mut self.state.returns[id];
        goods.received += came;
        goods.condition = condition;
        if let Some(order) = order {
            let note = format!("return {}", &*receipt.return_id);
            self.note(order, None, Some(came), Some(node), Some(&note));
        }
        if restocked == 0 {
            return Ok(());
        }
        // The goods have come all the same: the return is received, and the shelf stays as it is.
        self.takes((node, sku)).map_err(|wrong| Contradiction {
            detail: format!(
                "{}: {} of the return {} came and are not put on its shelf",
                wrong.detail,
                units(restocked.into()),
                &*receipt.return_id
            ),
            ..wrong
        })?;
        self.stock((node, sku)).on_hand = after;
        self.compare_stock(node, sku);
        Ok(())
    }
}
