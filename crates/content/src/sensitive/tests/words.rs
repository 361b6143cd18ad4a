//! Special categories and passwords: what is said of somebody, and what is only talked about.

use super::*;

#[track_caller]
fn check_special(text: &str, expected: &[Expected]) {
    check(text, Label::SpecialCategory, expected);
}

#[test]
fn a_strong_term_beside_an_identifier_is_about_that_person() {
    check_special("AB123456C has schizophrenia.", &[(High, "health")]);
    check_special(
        "Peter Marsh, DOB 12/03/1985, is on bail.",
        &[(High, "criminal offences")],
    );
    check_special(
        "Jan Novak (case 20417) is on a child protection plan.",
        &[(High, "child safeguarding")],
    );
    check_special(
        "NHS number 943 476 5919. Diagnosed with epilepsy in May.",
        &[(High, "health"), (High, "health")],
    );
    check_special(
        "Ngozi Okafor, DOB 1/2/1990, ethnicity: Black African",
        &[(High, "ethnic origin"), (High, "ethnic origin")],
    );
}

#[test]
fn the_person_may_be_named_a_sentence_before() {
    check_special(
        "Client: Amina Yusuf, case ref AS/20417. She has dementia.",
        &[(High, "health")],
    );
    check_special(
        "Re: Tyler Marsh (DOB 03/04/2012)\n\nTyler is on a child protection plan after sexual abuse.",
        &[(High, "child safeguarding"), (High, "child safeguarding")],
    );
    check_special(
        "He was diagnosed with epilepsy. Jan Novak, our ref 204177.",
        &[(High, "health"), (High, "health")],
    );
    check_special("Case 20417 is closed. The dementia strategy follows.", &[]);
}

#[test]
fn with_a_person_in_the_sentence_it_is_a_suspicion() {
    check_special("Mrs Okafor has cancer.", &[(Low, "health")]);
    check_special(
        "The tenant, Jan Novak, was convicted of theft.",
        &[(Low, "criminal offences")],
    );
    check_special("Miss A. Yusuf is a lesbian.", &[(Low, "sexual life")]);
    check_special(
        "Mr Marsh is a union member.",
        &[(Low, "trade union membership")],
    );
    check_special("Mr Chen is a Jehovah's Witness.", &[(Low, "religion")]);
}

#[test]
fn subjects_and_services_are_nobody_s_special_category() {
    for text in [
        "The children's services committee meets on Monday.",
        "Health and safety training for Mr Marsh is on Friday.",
        "Crime prevention in Leeds, Mrs Okafor will speak.",
        "Domestic abuse awareness week: Mrs Okafor will speak.",
        "Our dementia strategy is out for consultation.",
        "Autism training for all staff, see Mr Marsh.",
        "The mental health budget was cut. Mr Marsh is unhappy.",
        "Agenda item 4: looked after child numbers",
        "The building has suffered neglect. Mrs Okafor will inspect it.",
        "She was diagnosed with epilepsy.",
    ] {
        check_special(text, &[]);
    }
}

#[test]
fn a_password_told_is_a_disclosure() {
    for text in [
        "My password is Xyz123",
        "pwd: hunter22!",
        "Password: Tulip-48",
        "The password is \"daffodil\".",
        "password = Spring2024",
        "Username: jmarsh\nPassword: daffodil\n",
        "your PIN is 4821",
        "PIN: 4821",
        "Your PIN number is 482193.",
        "the new password is now Blue7Horse",
        "passcode: 88tulip",
        "Login: jmarsh, password - \"daffodil\"",
    ] {
        check(text, Label::Password, &[(High, "password disclosed")]);
    }
}

#[test]
fn a_password_asked_for_is_a_request() {
    for text in [
        "Please reply with your password.",
        "please send me your login details",
        "Can you give me your PIN?",
        "Kindly confirm your password to keep your mailbox",
        "Please provide your username and password by return.",
        "What is your password?",
        "I need your password to finish the update",
    ] {
        check(text, Label::Password, &[(High, "password asked for")]);
    }
}

#[test]
fn talk_about_passwords_is_neither() {
    for text in [
        "Change your password every 90 days.",
        "Here is your password reset link: https://example.org/reset",
        "Your password is required.",
        "The password is case-sensitive",
        "Password: required",
        "The password is sent separately.",
        "Your password will expire in 3 days",
        "We will never ask you to confirm your password.",
        "Do not reply with your password.",
        "Never send me your password",
        "I forgot your password policy",
        "Enter your password when prompted.",
        "Please pin the notice to the board, pin 4 of 12",
        "Password:\nUsername:",
        "Password: ********",
        "The file is password protected",
        "Password - quality and length",
        "Dial 0800 496 0000, passcode: 482193#",
        "We will send your password by post.",
    ] {
        check(text, Label::Password, &[]);
    }
}

#[test]
fn ordinary_mail_is_quiet() {
    check_nothing(
        "Dear Amina,\n\nthank you for the minutes of 12/03/2024. The budget of \u{a3}12,345,678 (order 4500123456) was \
        agreed at 10:30 in room 2.14. Please ring me on 01632 960 001 or 07700 900123, or write to \
        peter.marsh@example.gov.uk.\n\nKind regards\n\nPeter Marsh\nPlanning Officer\nWessex Council, 1 High Street, \
        Leeds LS1 4AP\nTel: 0113 496 0000\n",
    );
}
