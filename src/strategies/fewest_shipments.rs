//! `fewest-shipments`: again and again the node that serves most of what is open of the order, of
//! equals the nearest.
//!
//! The greedy cover of Chvatal, "A greedy heuristic for the set-covering problem", Mathematics of
//! Operations Research 4(3), 1979, with the lines of an order as what is to be covered.

use crate::ids::NodeId;
use crate::strategies::desk::{Desk, Pass};

pub(super) fn serve(desk: &mut Desk<'_>) {
    for late in [false, true] {
        for pass in desk.passes().filter(|pass| pass.late == late) {
            while desk.want_all() && cover(desk, pass) {}
        }
        for pass in desk.passes().filter(|pass| pass.late == late) {
            for need in 0..desk.needs {
                if desk.want(need) {
                    desk.place_moved(pass);
                }
            }
        }
    }
}

/// Serves something from the node that has most; whether any node serves anything.
fn cover(desk: &mut Desk<'_>, pass: Pass) -> bool {
    rank_by_cover(desk);
    while let Some((_, node)) = desk.next_ranked() {
        want_at(desk, node);
        if desk.wanted.is_empty() {
            continue;
        }
        if let Some(found) = desk.find(node, pass) {
            desk.commit(&found);
            return true;
        }
        let mut serves = false;
        for need in 0..desk.needs {
            if !desk.want(need) {
                continue;
            }
            if let Some(found) = desk.find(node, pass) {
                desk.commit(&found);
                serves = true;
            }
        }
        if serves {
            return true;
        }
    }
    false
}

/// Ranks nodes by how many open lines they have stock for.
fn rank_by_cover(desk: &mut Desk<'_>) {
    let mut ranking = std::mem::take(&mut desk.ranking);
    ranking.clear();
    for &at in &desk.wanted {
        let line = desk.lines[at];
        for (row, source) in desk.room.sources(line.sku) {
            if desk.room.available_ever(row) < i64::from(line.quantity) {
                continue;
            }
            match ranking.iter_mut().find(|(_, node)| *node == source.node) {
                Some((rank, _)) => rank[0] -= 1.0,
                None if desk.may_end_at(source.node) => {
                    ranking.push(([-1.0, desk.nearness(source.node)], source.node));
                }
                None => {}
            }
        }
    }
    desk.ranking = ranking;
}

/// Wants the open lines that a node has, without parts of kits.
fn want_at(desk: &mut Desk<'_>, node: NodeId) {
    desk.want_all();
    let mut wanted = std::mem::take(&mut desk.wanted);
    let has = |at: usize| {
        let line = &desk.lines[at];
        let row = desk.room.source_at(line.sku, node);
        row.is_some_and(|row| desk.room.available_ever(row) >= i64::from(line.quantity))
    };
    let need_of = |at: usize| desk.lines[at].need;
    for position in (0..wanted.len()).rev() {
        let need = need_of(wanted[position]);
        let lacks = (0..desk.lines.len()).any(|at| need_of(at) == need && !has(at));
        if lacks {
            wanted.remove(position);
        }
    }
    desk.wanted = wanted;
}
