//! Replans of small states.
