pub fn others_go_on(_case: &crate::case::Case) {}
