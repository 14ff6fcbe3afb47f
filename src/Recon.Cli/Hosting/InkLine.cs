using System.Text;

namespace Recon.Cli.Hosting;

/// <summary>What a piece of text means; a terminal with colours shows it.</summary>
internal enum Ink
{
    Plain,
    Strong,
    Faint,
    Good,
    Waiting,
    Blocked,
    Alarm,
}

/// <summary>A line for a terminal: pieces of text that give it no orders, and what they mean.</summary>
internal sealed class InkLine
{
    private readonly List<(string Text, Ink Ink)> _pieces = [];

    /// <summary>Columns that it takes.</summary>
    public int Length => _pieces.Sum(piece => TextWidth.Of(piece.Text));

    public static InkLine Of(string text, Ink ink = Ink.Plain) => new InkLine().Add(text, ink);

    public InkLine Add(string text, Ink ink = Ink.Plain)
    {
        _pieces.Add((TerminalText.Escape(text), ink));
        return this;
    }

    /// <summary>Spaces up to a column, one at least.</summary>
    public InkLine To(int column) => Add(new string(' ', Math.Max(1, column - Length)));

    public InkLine Add(InkLine other)
    {
        _pieces.AddRange(other._pieces);
        return this;
    }

    /// <returns>The line as a terminal takes it, cut at a width.</returns>
    public string Draw(int columns, bool colours)
    {
        StringBuilder line = new();
        int room = columns;
        foreach ((string text, Ink ink) in _pieces)
        {
            int width = TextWidth.Of(text);
            string shown = width <= room ? text : room > 0 ? text[..TextWidth.Fitting(text, room)] : "";
            room -= width;
            line.Append(colours && ink != Ink.Plain && shown.Length > 0 ? $"\u001b[{Code(ink)}m{shown}\u001b[0m" : shown);
        }

        return line.ToString();
    }

    public override string ToString() => Draw(int.MaxValue, colours: false).TrimEnd();

    private static string Code(Ink ink) => ink switch
    {
        Ink.Strong => "1",
        Ink.Faint => "2",
        Ink.Good => "32",
        Ink.Waiting => "33",
        Ink.Blocked => "36",
        _ => "31",
    };
}
