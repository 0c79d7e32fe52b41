//! Markup that cannot be injected into: tags come from literals, all else is escaped.

use crate::report::escape;

/// Attributes of one element.
pub(super) type Attributes<'a> = [(&'static str, &'a str)];

/// A piece of the page.
#[derive(Debug, Default)]
pub(super) struct Markup {
    text: String,
}

impl Markup {
    /// Markup as it stands. Only a literal can be given.
    pub(super) fn raw(&mut self, literal: &'static str) -> &mut Self {
        self.text.push_str(literal);
        self
    }

    /// Text between tags. Quotes end nothing there, and spelling out those of JSON would double the page.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        for piece in text.split_inclusive(['"', '\'']) {
            let quote = piece.chars().next_back().filter(|c| matches!(c, '"' | '\''));
            let rest = quote.map_or(piece, |_| &piece[..piece.len() - 1]);
            self.text.push_str(&escape(rest));
            self.text.extend(quote);
        }
        self
    }

    pub(super) fn open(&mut self, tag: &'static str, attributes: &Attributes<'_>) -> &mut Self {
        self.raw("<").raw(tag);
        for (name, value) in attributes {
            self.raw(" ").raw(name).raw("=\"");
            self.text.push_str(&escape(value));
            self.raw("\"");
        }
        self.raw(">")
    }

    pub(super) fn close(&mut self, tag: &'static str) -> &mut Self {
        self.raw("</").raw(tag).raw(">")
    }

    /// An element that holds nothing but text.
    pub(super) fn element(
        &mut self,
        tag: &'static str,
        attributes: &Attributes<'_>,
        text: &str,
    ) -> &mut Self {
        self.open(tag, attributes).text(text).close(tag)
    }

    /// A link to something on this page, by its id.
    pub(super) fn local(&mut self, id: &str, text: &str) -> &mut Self {
        self.element("a", &[("href", &format!("#{id}"))], text)
    }

    /// A link out of the page, or the bare text where `url` is none or not HTTPS.
    pub(super) fn source(&mut self, url: Option<&str>, text: &str) -> &mut Self {
        match url.filter(|url| url.starts_with("https://")) {
            Some(url) => self.element("a", &[("href", url), ("rel", "noreferrer")], text),
            None => self.text(text),
        }
    }

    /// Style or script, which HTML does not unescape.
    pub(super) fn asset(&mut self, tag: &'static str, literal: &'static str) -> &mut Self {
        debug_assert!(!literal.contains("</"), "an asset would end its own element");
        self.raw("<").raw(tag).raw(">").raw(literal).close(tag)
    }

    pub(super) fn into_string(self) -> String {
        self.text
    }
}
