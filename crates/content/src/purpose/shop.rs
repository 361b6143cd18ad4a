//! What shops and lists send: confirmations of an order or of a subscription.

use super::phrases::Cues;
use super::reading::{Reading, rule};
use super::signs::Sign::{self, *};
use crate::finding::{Confidence, Hit, Label};

pub(super) const CUES: Cues = &[
    (
        ThanksForOrder,
        &[
            "{thank you|thanks} for {your|placing your|placing an} {recent |online |}{order|purchase}",
            "{thank you|thanks} for {shopping|ordering|buying}",
            "your {order|item|items|parcel|package|purchase} {has|have} {been |just |now |}{dispatched|despatched|shipped|placed|received|confirmed|processed}",
            "your order has {now|just} been",
            "your order {no|number|#} {# |}has been {placed|dispatched|despatched|shipped|received|confirmed}",
            "we've received your order",
            "we have received your order",
            "{order|purchase|dispatch|despatch|shipping|booking} confirmation",
            "your {parcel|package|order|delivery} is on its way",
            "your {purchase|order} is {complete|confirmed}",
        ],
    ),
    (
        OrderNumber,
        &[
            "order {number|no|id|ref|reference|#}",
            "your order no",
            "order ref",
            "order {reference|ref} #",
        ],
    ),
    (
        OrderSent,
        &[
            "{has|have} been {dispatched|despatched|shipped}",
            "{was|were} {dispatched|despatched|shipped} {on|today}",
        ],
    ),
    (
        OrderTotal,
        &[
            "{order|grand|basket} total",
            "total {paid|charged|amount|$}",
            "amount {paid|charged}",
            "subtotal",
            "sub total",
            "order summary",
            "payment method",
            "{visa|mastercard|card|paypal} ending",
        ],
    ),
    (
        OrderDelivery,
        &[
            "{estimated|expected} {delivery|arrival}",
            "{delivery|shipping|billing} address",
            "track your {parcel|order|package|delivery}",
            "will be delivered {on|by|between|to}",
            "items in this {shipment|order}",
            "{it|your order} ships",
            "tracking number",
            "arriving {today|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday}",
            "when it ships",
        ],
    ),
    (
        OrderReceipt,
        &[
            "is your receipt",
            "your {receipt|tickets}",
            "items {# x|#}",
            "qty",
            "dear customer",
            "shopping with us",
        ],
    ),
    (
        ConfirmSubscription,
        &[
            "confirm your {subscription|registration|sign up|signup}",
            "{confirm|verify|validate} your {email|email address|e mail address} {to|by|below|and|now}",
            "please {confirm|verify|validate} your {email|e-mail} {address|account}",
            "{activate|verify} your account",
            "you are now {subscribed|registered|on our mailing}",
            "you have {been subscribed|subscribed|successfully subscribed}",
            "your subscription {has been|is|is now} {confirmed|activated|active}",
            "{thank you|thanks} for {creating an account|creating your account}",
            "you have been added to {the|our}",
            "you've been added to {the|our}",
            "{activation|verification} {code|link}",
            "finish {registration|signing up|registering}",
            "you or someone else signed up",
        ],
    ),
    (
        ConfirmEmail,
        &[
            "{confirm|verify} your {email|e-mail}",
            "{thank you|thanks} for {signing up|subscribing|registering} to",
            "almost there",
        ],
    ),
    (
        ListHelp,
        &[
            "{click|tap} {on |}{the|this|here|below|link}",
            "{clicking|tapping} {on |}{the|this|here|below}",
            "link below",
            "{the|this} {link|code} {expires|will expire|is valid}",
            "if you {did not|didn't} {sign up|subscribe|request|register|create}",
            "ignore this {message|email|e-mail}",
            "unsubscribe",
            "start receiving",
            "{stop|stop getting|stop receiving} {getting |receiving |}these {emails|messages}",
            "{activation|verification} code",
        ],
    ),
    (
        ListName,
        &[
            "newsletter",
            "mailing list",
            "mailing lists",
            "{the|our} {# |}list",
            "list keep",
            "{activate|create|creating} {your|an} account",
            "finish registration",
        ],
    ),
];

/// A shop confirms what someone bought.
pub(super) fn order_confirmation(reading: &Reading<'_>) -> Option<Hit> {
    const DETAILS: [Sign; 5] = [
        OrderNumber,
        OrderSent,
        OrderTotal,
        OrderDelivery,
        OrderReceipt,
    ];
    let details = reading.different(&DETAILS);
    let thanks = reading.first(ThanksForOrder);
    let confidence = match (thanks.is_some(), details) {
        (true, 1..) | (false, 4..) => Confidence::High,
        (true, 0) if reading.times(ThanksForOrder) >= 2 => Confidence::Low,
        (false, 3) if reading.has(OrderNumber) && reading.has(OrderSent) => Confidence::High,
        (false, 3) if reading.has(OrderReceipt) => Confidence::Low,
        _ => return None,
    };
    let because: Vec<_> = thanks.into_iter().chain(reading.firsts(&DETAILS)).collect();
    let rule = rule!("a shop confirms an order");
    reading.hit(Label::OrderConfirmation, confidence, rule, &because)
}

/// A list or a site confirms that someone signed up.
pub(super) fn subscription_confirmation(reading: &Reading<'_>) -> Option<Hit> {
    const HELP: [Sign; 2] = [ListHelp, ListName];
    let confirms = reading.first(ConfirmSubscription);
    let weak = reading.first(ConfirmEmail);
    let help = reading.different(&HELP);
    let confidence = match (reading.times(ConfirmSubscription), weak, help) {
        (1.., _, 1..) | (2.., _, 0) => Confidence::High,
        (0, Some(_), 2) => Confidence::High,
        (1, _, 0) => Confidence::Low,
        _ => return None,
    };
    let because: Vec<_> = confirms
        .or(weak)
        .into_iter()
        .chain(reading.firsts(&HELP))
        .collect();
    let rule = rule!("a list confirms a subscription");
    reading.hit(Label::SubscriptionConfirmation, confidence, rule, &because)
}
