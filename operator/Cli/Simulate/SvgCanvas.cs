using System.Globalization;
using System.Xml;

namespace ModelOperator.Cli.Simulate;

/// <summary>Writes the few shapes that a plot is made of.</summary>
internal sealed class SvgCanvas : IDisposable
{
    private const string Namespace = "http://www.w3.org/2000/svg";

    private readonly XmlWriter _writer;

    public SvgCanvas(Stream output, int width, int height, string title, string description)
    {
        _writer = XmlWriter.Create(output, new XmlWriterSettings { Indent = true, NewLineChars = "\n" });
        _writer.WriteStartElement("svg", Namespace);
        Attributes(("width", $"{width}"), ("height", $"{height}"), ("viewBox", $"0 0 {width} {height}"));
        Attributes(("role", "img"), ("font-family", "system-ui, sans-serif"), ("font-size", "12"));
        _writer.WriteElementString("title", Namespace, title);
        _writer.WriteElementString("desc", Namespace, description);
        Shape("rect", ("width", $"{width}"), ("height", $"{height}"), ("fill", "#ffffff"));
    }

    public void Line(double x1, double y1, double x2, double y2, string colour, double width = 1, string? dashes = null) => Shape(
        "line", ("x1", N(x1)), ("y1", N(y1)), ("x2", N(x2)), ("y2", N(y2)), ("stroke", colour), ("stroke-width", N(width)),
        ("stroke-dasharray", dashes));

    /// <summary>A line through points.</summary>
    public void Path(IEnumerable<(double X, double Y)> points, string colour, string? dashes) => Shape(
        "polyline", ("points", Points(points)), ("fill", "none"), ("stroke", colour), ("stroke-width", "2"), ("stroke-linejoin", "round"),
        ("stroke-dasharray", dashes));

    /// <summary>A filled area.</summary>
    public void Area(IEnumerable<(double X, double Y)> points, string colour, double opacity) =>
        Shape("polygon", ("points", Points(points)), ("fill", colour), ("fill-opacity", N(opacity)));

    /// <param name="x">Where.</param>
    /// <param name="y">Its base line.</param>
    /// <param name="text">What it says.</param>
    /// <param name="anchor">start, middle or end.</param>
    /// <param name="size">Height of letters.</param>
    /// <param name="colour">Colour.</param>
    /// <param name="isUpright">Whether it stands on its end.</param>
    public void Text(
        double x, double y, string text, string anchor = "start", int size = 12, string colour = "#333333", bool isUpright = false)
    {
        _writer.WriteStartElement("text", Namespace);
        Attributes(
            ("x", N(x)), ("y", N(y)), ("text-anchor", anchor), ("font-size", $"{size}"), ("fill", colour),
            ("transform", isUpright ? $"rotate(-90 {N(x)} {N(y)})" : null));
        _writer.WriteString(text);
        _writer.WriteEndElement();
    }

    public void Dispose()
    {
        _writer.WriteEndElement();
        _writer.WriteWhitespace("\n");
        _writer.Dispose();
    }

    private void Shape(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        _writer.WriteStartElement(name, Namespace);
        Attributes(attributes);
        _writer.WriteEndElement();
    }

    private void Attributes(params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        foreach (var (name, value) in attributes)
        {
            if (value is not null)
            {
                _writer.WriteAttributeString(name, value);
            }
        }
    }

    private static string Points(IEnumerable<(double X, double Y)> points) =>
        string.Join(' ', points.Select(point => $"{N(point.X)},{N(point.Y)}"));

    private static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
