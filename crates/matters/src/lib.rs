//! The processes between people that make an acceptable-use policy run: who asks, who decides, who
//! signs, what is granted and when it ends.
//!
//! A *matter* is one run of a process: one access request, one permission, one withdrawal. Each kind
//! is a [`machine::Machine`]: a plain value that takes a *step* or says why not. A step that is taken
//! gives the next value and the clauses it rests on; whoever keeps matters makes an
//! [`event::Event`] of it, and without that event the step has not happened.
//!
//! Nothing here has a clock, a database or a socket. Time, people, posts and the pack's settings
//! come in with [`world::World`], so a step can be judged again years later by what stood then.

pub mod acceptance;
pub mod access_request;
mod acting;
pub mod allowed_words;
pub mod authority;
pub mod case_time;
pub mod delegation;
pub mod enquiry;
pub mod event;
mod field;
mod follows;
mod guard;
pub mod held_mail;
pub mod hold;
pub mod id;
pub mod incident;
pub mod machine;
pub mod mailbox;
pub mod member_misuse;
pub mod notice;
pub mod people;
pub mod permission;
pub mod personal_mail;
pub mod report_issue;
pub mod school_services;
pub mod sign_in_misuse;
pub mod signing_method;
mod stage;
mod telling;
pub mod unreached;
pub mod voicemail;
pub mod waiting;
pub mod withdrawal;
mod working_days;
pub mod world;
