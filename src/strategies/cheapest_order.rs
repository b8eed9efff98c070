//! `cheapest-order`: the orders as they arrived, each by the best complete plan that is left.
//!
//! The myopic optimum: no order could be cheaper given what those before it took; of equally cheap
//! plans it takes the one that uses less of what is scarce. The policy that Xu, Allgor and Graves
//! (2009) and Acimovic and Graves (2015) improve on.

use crate::solve::WaveProblem;
use crate::strategies::book::{Book, next_to_free};

pub(super) fn plan<'a>(problem: &'a WaveProblem<'a>, stop: &dyn Fn() -> bool) -> Book<'a> {
    Book::as_arrived(problem, &next_to_free(problem), stop)
}
