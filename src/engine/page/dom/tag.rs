//! The elements that extraction knows by name.

macro_rules! tags {
    ($($name:ident = $text:literal),* $(,)?) => {
        /// An element's name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each is the element of that name")]
        pub enum Tag { $($name,)* Other }

        impl Tag {
            /// The tag of a name in lower case.
            pub fn of(name: &[u8]) -> Self {
                match name {
                    $($text => Self::$name,)*
                    _ => Self::Other,
                }
            }

            /// The name; `x` for an element that is not known.
            pub fn name(self) -> &'static str {
                let bytes: &[u8] = match self { $(Self::$name => $text,)* Self::Other => b"x" };
                std::str::from_utf8(bytes).unwrap_or("x")
            }
        }
    };
}

tags! {
    P = b"p", Div = b"div", Span = b"span", A = b"a", Li = b"li", Ul = b"ul", Img = b"img", Br = b"br", Script = b"script",
    Meta = b"meta", Link = b"link", Button = b"button", Path = b"path", Svg = b"svg", H1 = b"h1", H2 = b"h2", H3 = b"h3",
    H4 = b"h4", H5 = b"h5", H6 = b"h6", Section = b"section", Article = b"article", Header = b"header", Footer = b"footer",
    Nav = b"nav", Aside = b"aside", Main = b"main", Figure = b"figure", Figcaption = b"figcaption", Picture = b"picture",
    Source = b"source", Video = b"video", Audio = b"audio", Iframe = b"iframe", Noscript = b"noscript", Style = b"style",
    Template = b"template", Form = b"form", Input = b"input", Label = b"label", Select = b"select", Option = b"option",
    Textarea = b"textarea", Fieldset = b"fieldset", Time = b"time", Strong = b"strong", B = b"b", Em = b"em", I = b"i",
    U = b"u", S = b"s", Small = b"small", Sub = b"sub", Sup = b"sup", Q = b"q", Cite = b"cite", Code = b"code", Pre = b"pre",
    Kbd = b"kbd", Mark = b"mark", Abbr = b"abbr", Font = b"font", Center = b"center", Blockquote = b"blockquote", Ol = b"ol",
    Dl = b"dl", Dt = b"dt", Dd = b"dd", Table = b"table", Thead = b"thead", Tbody = b"tbody", Tfoot = b"tfoot", Tr = b"tr",
    Td = b"td", Th = b"th", Caption = b"caption", Hr = b"hr", Address = b"address", Details = b"details",
    Summary = b"summary", Dialog = b"dialog", Html = b"html", Head = b"head", Body = b"body", Title = b"title",
    Base = b"base", Wbr = b"wbr", Embed = b"embed", Object = b"object", Param = b"param", Track = b"track", Area = b"area",
    Col = b"col", Colgroup = b"colgroup", Hgroup = b"hgroup", Ins = b"ins", Del = b"del", Ruby = b"ruby", Rt = b"rt",
    Rp = b"rp", Math = b"math", Canvas = b"canvas", Menu = b"menu", Search = b"search", Xmp = b"xmp", Noembed = b"noembed",
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
