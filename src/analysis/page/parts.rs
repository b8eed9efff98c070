//! The parts that pages are made of.

use std::fmt::Write as _;

/// A place for a chart: `id` is that of its specification, `note` is written by the script.
pub(in crate::analysis) fn chart(id: &str, title: &str, text: &str) -> String {
    format!(
        "<figure id=\"{id}\">\n<figcaption><h3>{title}</h3><p>{text}</p></figcaption>\n\
         <div class=\"chart\" role=\"img\" aria-label=\"{title}\"></div>\n\
         <p class=\"note\"></p>\n</figure>\n"
    )
}

/// A section under a heading; `text` and `content` are HTML.
pub(in crate::analysis) fn section(id: &str, title: &str, text: &str, content: &str) -> String {
    let text = if text.is_empty() { String::new() } else { format!("<p>{text}</p>\n") };
    format!("<section id=\"{id}\">\n<h2>{title}</h2>\n{text}{content}</section>\n")
}

/// A table; the first column is text, the others are numbers.
pub(in crate::analysis) fn table(
    head: &[String],
    rows: &[Vec<String>],
    foot: Option<&[String]>,
) -> String {
    let mut html = "<div class=\"wide\"><table>\n<thead><tr>".to_owned();
    // Writing to a text cannot fail.
    for cell in head {
        let _ = write!(html, "<th scope=\"col\">{cell}</th>");
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    let line = |html: &mut String, row: &[String]| {
        html.push_str("<tr>");
        for (index, cell) in row.iter().enumerate() {
            let _ = match index {
                0 => write!(html, "<th scope=\"row\">{cell}</th>"),
                _ => write!(html, "<td>{cell}</td>"),
            };
        }
        html.push_str("</tr>\n");
    };
    for row in rows {
        line(&mut html, row);
    }
    html.push_str("</tbody>\n");
    if let Some(foot) = foot {
        html.push_str("<tfoot>\n");
        line(&mut html, foot);
        html.push_str("</tfoot>\n");
    }
    html + "</table></div>\n"
}
