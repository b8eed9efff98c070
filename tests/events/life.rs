//! What single events do, one by one.
