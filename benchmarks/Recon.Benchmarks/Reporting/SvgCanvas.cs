using System.Globalization;
using System.Text;
using System.Xml;

namespace Recon.Benchmarks.Reporting;

/// <summary>Where a text is anchored.</summary>
internal enum Anchor
{
    /// <summary>It starts there.</summary>
    Start,

    /// <summary>It is centred there.</summary>
    Middle,

    /// <summary>It ends there.</summary>
    End,
}

/// <summary>Writes the few shapes that a plot needs, as SVG that can be read on light and on dark pages.</summary>
internal sealed class SvgCanvas : IDisposable
{
    private const string Namespace = "http://www.w3.org/2000/svg";

    // Without a background of its own; colours of the page's scheme.
    private const string Style = """
        text { font: 13px system-ui, sans-serif; fill: #1f2328; }
        .title { font-weight: 600; font-size: 15px; }
        .small { font-size: 11px; fill: #59636e; }
        .axis { stroke: #818b98; stroke-width: 1; fill: none; }
        .a { fill: #2f6fd0; stroke: #2f6fd0; } .b { fill: #c2570c; stroke: #c2570c; } .c { fill: #7a828e; stroke: #7a828e; }
        .line { fill: none; stroke-width: 2; }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3; } .small { fill: #9198a1; }
          .a { fill: #6ca4f8; stroke: #6ca4f8; } .b { fill: #f0883e; stroke: #f0883e; } .c { fill: #a5adb8; stroke: #a5adb8; }
          .line { fill: none; }
        }
        """;

    private readonly StringBuilder _text = new();
    private readonly XmlWriter _writer;

    /// <summary>Begins a drawing.</summary>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    /// <param name="title">What it shows, for those who do not see it.</param>
    public SvgCanvas(int width, int height, string title)
    {
        _writer = XmlWriter.Create(_text, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true, NewLineChars = "\n" });
        _writer.WriteStartElement("svg", Namespace);
        _writer.WriteAttributeString("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {width} {height}"));
        Number("width", width);
        Number("height", height);
        _writer.WriteAttributeString("role", "img");
        _writer.WriteElementString("title", Namespace, title);
        _writer.WriteElementString("style", Namespace, Style);
    }

    /// <summary>A text.</summary>
    public void Text(double x, double y, string text, string? style = null, Anchor anchor = Anchor.Start)
    {
        _writer.WriteStartElement("text", Namespace);
        Number("x", x);
        Number("y", y);
        WriteClass(style);
        if (anchor != Anchor.Start)
        {
            _writer.WriteAttributeString("text-anchor", anchor == Anchor.Middle ? "middle" : "end");
        }

        _writer.WriteString(text);
        _writer.WriteEndElement();
    }

    /// <summary>A filled rectangle.</summary>
    public void Bar(double x, double y, double width, double height, string style)
    {
        _writer.WriteStartElement("rect", Namespace);
        Number("x", x);
        Number("y", y);
        Number("width", width);
        Number("height", height);
        WriteClass(style);
        _writer.WriteEndElement();
    }

    /// <summary>A line through points.</summary>
    public void Line(IEnumerable<(double X, double Y)> points, string style)
    {
        _writer.WriteStartElement("polyline", Namespace);
        _writer.WriteAttributeString("points", string.Join(' ', points.Select(
            point => string.Create(CultureInfo.InvariantCulture, $"{point.X:0.#},{point.Y:0.#}"))));
        WriteClass(style);
        _writer.WriteEndElement();
    }

    /// <summary>A dot.</summary>
    public void Dot(double x, double y, string style)
    {
        _writer.WriteStartElement("circle", Namespace);
        Number("cx", x);
        Number("cy", y);
        Number("r", 3.5);
        WriteClass(style);
        _writer.WriteEndElement();
    }

    /// <summary>Ends the drawing.</summary>
    /// <returns>Its text.</returns>
    public string End()
    {
        _writer.WriteEndElement();
        _writer.Flush();
        return _text.Append('\n').ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private void Number(string name, double value)
        => _writer.WriteAttributeString(name, value.ToString("0.#", CultureInfo.InvariantCulture));

    private void WriteClass(string? style)
    {
        if (style is not null)
        {
            _writer.WriteAttributeString("class", style);
        }
    }
}
