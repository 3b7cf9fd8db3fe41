//! The elements and attributes that extraction knows by name.

use crate::engine::page::lexicon::{Lexicon, Word};

macro_rules! names {
    ($(#[$about:meta])* $kind:ident, $slots:literal: $($name:ident = $text:literal),* $(,)?) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each is what its name says")]
        pub enum $kind { $($name,)* Other }

        impl $kind {
            /// What is called so.
            pub(super) fn of(name: Word) -> Self {
                static KNOWN: Lexicon<$kind, $slots> = Lexicon::new($kind::Other, &[$((&[$text], $kind::$name)),*]);
                KNOWN.get(name)
            }

            /// The name in lower case; `x` for what is not known.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* Self::Other => "x" }
            }
        }
    };
}

names! {
    /// An element's name.
    Tag, 256:
    P = "p", Div = "div", Span = "span", A = "a", Li = "li", Ul = "ul", Img = "img", Br = "br", Script = "script",
    Meta = "meta", Link = "link", Button = "button", Path = "path", Svg = "svg", H1 = "h1", H2 = "h2", H3 = "h3",
    H4 = "h4", H5 = "h5", H6 = "h6", Section = "section", Article = "article", Header = "header", Footer = "footer",
    Nav = "nav", Aside = "aside", Main = "main", Figure = "figure", Figcaption = "figcaption", Picture = "picture",
    Source = "source", Video = "video", Audio = "audio", Iframe = "iframe", Noscript = "noscript", Style = "style",
    Template = "template", Form = "form", Input = "input", Label = "label", Select = "select", Option = "option",
    Textarea = "textarea", Fieldset = "fieldset", Time = "time", Strong = "strong", B = "b", Em = "em", I = "i",
    U = "u", S = "s", Small = "small", Sub = "sub", Sup = "sup", Q = "q", Cite = "cite", Code = "code", Pre = "pre",
    Kbd = "kbd", Mark = "mark", Abbr = "abbr", Font = "font", Center = "center", Blockquote = "blockquote", Ol = "ol",
    Dl = "dl", Dt = "dt", Dd = "dd", Table = "table", Thead = "thead", Tbody = "tbody", Tfoot = "tfoot", Tr = "tr",
    Td = "td", Th = "th", Caption = "caption", Hr = "hr", Address = "address", Details = "details",
    Summary = "summary", Dialog = "dialog", Html = "html", Head = "head", Body = "body", Title = "title",
    Base = "base", Wbr = "wbr", Embed = "embed", Object = "object", Param = "param", Track = "track", Area = "area",
    Col = "col", Colgroup = "colgroup", Hgroup = "hgroup", Ins = "ins", Del = "del", Ruby = "ruby", Rt = "rt",
    Rp = "rp", Math = "math", Canvas = "canvas", Menu = "menu", Search = "search", Xmp = "xmp", Noembed = "noembed",
}

names! {
    /// An attribute's name.
    Name, 64:
    Class = "class", Id = "id", Href = "href", Rel = "rel", Name = "name", Property = "property", Content = "content",
    Itemprop = "itemprop", Itemtype = "itemtype", HttpEquiv = "http-equiv", Type = "type", Lang = "lang",
    XmlLang = "xml:lang", Title = "title", Datetime = "datetime", Style = "style", Role = "role", Hidden = "hidden",
    AriaHidden = "aria-hidden", DataTestid = "data-testid", DataComponent = "data-component", DataModule = "data-module",
    DataBlock = "data-block", Alt = "alt",
}

impl Tag {
    /// Has no content and no end tag (HTML standard, section 13.1.2).
    pub fn is_void(self) -> bool {
        matches!(
            self,
            Self::Area
                | Self::Base
                | Self::Br
                | Self::Col
                | Self::Embed
                | Self::Hr
                | Self::Img
                | Self::Input
                | Self::Link
                | Self::Meta
                | Self::Param
                | Self::Source
                | Self::Track
                | Self::Wbr
        )
    }

    /// Holds text up to its own end tag, whatever that text looks like.
    pub fn is_raw_text(self) -> bool {
        matches!(
            self,
            Self::Script | Self::Style | Self::Textarea | Self::Title | Self::Iframe | Self::Xmp | Self::Noembed
        )
    }

    /// Starts on a line of its own and closes an open paragraph.
    pub fn is_block(self) -> bool {
        matches!(
            self,
            Self::P
                | Self::Div
                | Self::Li
                | Self::Ul
                | Self::H1
                | Self::H2
                | Self::H3
                | Self::H4
                | Self::H5
                | Self::H6
                | Self::Section
                | Self::Article
                | Self::Header
                | Self::Footer
                | Self::Nav
                | Self::Aside
                | Self::Main
                | Self::Figure
                | Self::Figcaption
                | Self::Form
                | Self::Fieldset
                | Self::Pre
                | Self::Center
                | Self::Blockquote
                | Self::Ol
                | Self::Dl
                | Self::Dt
                | Self::Dd
                | Self::Table
                | Self::Thead
                | Self::Tbody
                | Self::Tfoot
                | Self::Tr
                | Self::Td
                | Self::Th
                | Self::Caption
                | Self::Hr
                | Self::Address
                | Self::Details
                | Self::Summary
                | Self::Dialog
                | Self::Hgroup
                | Self::Menu
                | Self::Search
                | Self::Body
                | Self::Html
        )
    }

    /// A heading.
    pub fn is_heading(self) -> bool {
        matches!(self, Self::H1 | Self::H2 | Self::H3 | Self::H4 | Self::H5 | Self::H6)
    }
}
