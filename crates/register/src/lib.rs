//! People, permissions and delegations, as one immutable snapshot the gates read.
