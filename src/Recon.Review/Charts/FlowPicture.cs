using Recon.Review.Markup;
using Recon.Review.Model;

namespace Recon.Review.Charts;

/// <summary>Where the records of each file went: a Sankey diagram from files on the left to outcomes on the right.</summary>
internal sealed class FlowPicture
{
    private const double NodeWidth = 10;
    private const double Gap = 10;
    private const int MostCharacters = 18;

    private readonly Shape _shape;
    private readonly Node[] _files;
    private readonly Node[] _outcomes;
    private readonly double _scale;

    private FlowPicture(IReadOnlyList<(string Name, Account Account)> files, Shape shape)
    {
        _shape = shape;
        _scale = shape.Height / Math.Max(1, files.Sum(file => file.Account.Read));
        _files = Stack(files.Where(file => file.Account.Read > 0).Select(file => (file.Name, "file", file.Account.Read)), shape.LeastFile);
        _outcomes = Stack(
            files.SelectMany(file => Outcome.Of(file.Account)).GroupBy(outcome => (outcome.Label, outcome.Key))
                .Select(alike => (alike.Key.Label, alike.Key.Key, alike.Sum(outcome => outcome.Records))).Where(outcome => outcome.Item3 > 0),
            shape.LeastOutcome);
        double height = Math.Max(Bottom(_files), Bottom(_outcomes));
        Centre(_files, height);
        Centre(_outcomes, height);
        Height = height;
    }

    private double Height { get; }

    /// <summary>Two pictures of the same, of which a wide page shows one and a narrow page the other.</summary>
    /// <param name="description">What it says, for those who do not see it.</param>
    public static Html Of(IReadOnlyList<(string Name, Account Account)> files, string description) => Html.Of($"""
        <figure class="flow">{new FlowPicture(files, Shape.Wide).Draw(files, "on-wide", description)}{new FlowPicture(files, Shape.Narrow).Draw(files, "on-narrow", description)}</figure>
        """);

    private Html Draw(IReadOnlyList<(string Name, Account Account)> files, string name, string description)
    {
        double[] left = [.. _files.Select(node => node.Top)];
        double[] right = [.. _outcomes.Select(node => node.Top)];
        List<Html> flows = [];
        (string Name, Account Account)[] shown = [.. files.Where(file => file.Account.Read > 0)];
        for (int file = 0; file < shown.Length; file++)
        {
            foreach (Outcome outcome in Outcome.Of(shown[file].Account).Where(outcome => outcome.Records > 0))
            {
                int to = Array.FindIndex(_outcomes, node => node.Colour == outcome.Key);
                double thick = outcome.Records * _scale;
                flows.Add(Flow(outcome.Key, left[file], right[to], thick, $"{shown[file].Name}: {Numbers.Count(outcome.Records)} {outcome.Label}"));
                left[file] += thick;
                right[to] += thick;
            }
        }

        return Html.Of($"""
            <svg class="{name}" viewBox="0 0 {_shape.Width} {Height + 2}" role="img" aria-label="{description}">{flows}{_files.Select(File)}{_outcomes.Select(OutcomeNode)}</svg>
            """);
    }

    private Html Flow(string colour, double from, double to, double thick, string title)
    {
        (double x, double end) = (_shape.FilesAt + NodeWidth, _shape.OutcomesAt);
        double middle = (x + end) / 2;
        double width = Math.Max(0.6, thick);
        return Html.Of($"""
            <path class="f-{colour}{(thick < 2 ? " thin" : "")}" d="M{x} {from}C{middle} {from} {middle} {to} {end} {to}V{to + width}C{middle} {to + width} {middle} {from + width} {x} {from + width}Z"><title>{title}</title></path>
            """);
    }

    private Html File(Node node)
    {
        (double x, string anchor) = _shape.IsNarrow ? (_shape.FilesAt + NodeWidth + 6, "start") : (_shape.FilesAt - 10, "end");
        double y = node.Top + (Math.Max(node.Size, 2) / 2);
        return Html.Of($"""
            <rect class="c-file" x="{_shape.FilesAt}" y="{node.Top}" width="{NodeWidth}" height="{Math.Max(1.5, node.Size)}" rx="1.5"/><text class="halo" x="{x}" y="{y - 3}" text-anchor="{anchor}"><tspan class="name">{Short(node.Label)}</tspan><tspan class="number" x="{x}" dy="16">{Numbers.Count(node.Records)}</tspan></text>
            """);
    }

    private Html OutcomeNode(Node node)
    {
        double x = _shape.OutcomesAt + NodeWidth + 8;
        double y = node.Top + (Math.Max(node.Size, 2) / 2);
        string number = $"{Numbers.Count(node.Records)} · {Numbers.Share(node.Records, _outcomes.Sum(each => each.Records))}";
        Html text = _shape.IsNarrow
            ? Html.Of($"""<text x="{x}" y="{y - 3}"><tspan class="name">{node.Label}</tspan><tspan class="number" x="{x}" dy="16">{number}</tspan></text>""")
            : Html.Of($"""<text x="{x}" y="{y + 5}"><tspan class="name">{node.Label}</tspan><tspan class="number" dx="10">{number}</tspan></text>""");
        return Html.Of($"""
            <rect class="c-{node.Colour}" x="{_shape.OutcomesAt}" y="{node.Top}" width="{NodeWidth}" height="{Math.Max(1.5, node.Size)}" rx="1.5"/>{text}
            """);
    }

    private static string Short(string name) => name.Length <= MostCharacters ? name : name[..(MostCharacters - 1)] + "…";

    private Node[] Stack(IEnumerable<(string Label, string Colour, long Records)> parts, double least)
    {
        double at = 0;
        return
        [
            .. parts.Select(part =>
            {
                double size = part.Records * _scale;
                double slot = Math.Max(size, least);
                Node node = new(part.Label, part.Colour, part.Records, size) { Top = at + ((slot - size) / 2) };
                node.Bottom = at + slot;
                at += slot + Gap;
                return node;
            }),
        ];
    }

    private static double Bottom(Node[] nodes) => nodes.Length == 0 ? 0 : nodes[^1].Bottom;

    private static void Centre(Node[] nodes, double height)
    {
        double down = (height - Bottom(nodes)) / 2;
        foreach (Node node in nodes)
        {
            node.Top += down;
        }
    }

    private sealed record Node(string Label, string Colour, long Records, double Size)
    {
        public double Top { get; set; }

        public double Bottom { get; set; }
    }

    /// <param name="Height">Of all records.</param>
    /// <param name="LeastFile">Room for a file's label.</param>
    /// <param name="LeastOutcome">Room for an outcome's label.</param>
    private sealed record Shape(bool IsNarrow, double Width, double Height, double FilesAt, double OutcomesAt, double LeastFile, double LeastOutcome)
    {
        public static Shape Wide { get; } = new(false, 1000, 240, 150, 720, 38, 24);

        public static Shape Narrow { get; } = new(true, 340, 260, 0, 176, 38, 38);
    }
}
