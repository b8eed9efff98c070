//! What happens between plans: events, the state that they add up to, and views of it.
//!
//! Events are appended to a log and never changed; a state is the fold over them. Whatever is shown
//! or planned comes from the state.

pub mod apply;
pub mod current;
pub mod event;
pub mod replan;
pub mod simulate;
pub mod state;
pub mod store;
pub mod view;
pub mod wave;
