using System.Globalization;
using System.Text;

namespace Recon.Cli.Tests.Support;

/// <summary>
/// What a terminal shows that is fed a program's output. It knows what recon may say to one, and fails on everything else.
/// </summary>
internal sealed class Screen(int columns, int rows)
{
    private readonly List<Cell[]> _lines = [NewLine(columns)];
    private string _pending = "";
    private string _ink = "";
    private int _top;
    private int _x;
    private int _y;

    public int Columns => columns;

    /// <summary>Lines that are to be seen, without those that have scrolled away.</summary>
    public IReadOnlyList<string> Visible => [.. _lines.Skip(_top).Select(Text)];

    /// <summary>The same with what has scrolled away.</summary>
    public IReadOnlyList<string> All => [.. _lines.Select(Text)];

    /// <summary>The cells of the lines that are to be seen.</summary>
    public IReadOnlyList<IReadOnlyList<Cell>> Cells => [.. _lines.Skip(_top)];

    public void Feed(string output)
    {
        string text = _pending + output;
        _pending = "";
        for (int at = 0; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '\r':
                    _x = 0;
                    break;
                case '\n':
                    MoveTo(_y + 1);
                    break;
                case '\u001b':
                    int length = Order(text[at..]);
                    if (length == 0)
                    {
                        _pending = text[at..];
                        return;
                    }

                    at += length - 1;
                    break;
                case var character when char.IsControl(character):
                    throw new InvalidOperationException($"The terminal was given the character {(int)character:X2}.");
                case var character:
                    Put(character);
                    break;
            }
        }
    }

    private static Cell[] NewLine(int columns) => [.. Enumerable.Repeat(new Cell(' ', ""), columns)];

    private static string Text(Cell[] line) => string.Concat(line.Select(cell => cell.Character)).TrimEnd();

    private void Put(char character)
    {
        if (_x == columns)
        {
            _x = 0;
            MoveTo(_y + 1);
        }

        _lines[_y][_x++] = new Cell(character, _ink);
    }

    private void MoveTo(int line)
    {
        _y = line;
        while (_lines.Count <= _y)
        {
            _lines.Add(NewLine(columns));
        }

        _top = Math.Max(_top, _y - rows + 1);
    }

    // The length of the order; 0 when it is not whole yet.
    private int Order(string text)
    {
        if (text.Length < 2)
        {
            return 0;
        }

        // What the runtime says when it first reads keys.
        if (text[1] is '=' or '>')
        {
            return 2;
        }

        int end = text[1] == '[' ? text.AsSpan(2).IndexOfAnyInRange('@', '~') + 2 : throw Unknown(text);
        if (end < 2)
        {
            return 0;
        }

        string arguments = text[2..end];
        switch (text[end])
        {
            case 'A':
                _y = Math.Max(_top, _y - int.Parse(arguments, CultureInfo.InvariantCulture));
                break;
            case 'K' when arguments.Length == 0:
                Array.Fill(_lines[_y], new Cell(' ', ""), _x, columns - _x);
                break;
            case 'J' when arguments.Length == 0:
                Array.Fill(_lines[_y], new Cell(' ', ""), _x, columns - _x);
                _lines.Skip(_y + 1).ToList().ForEach(static line => Array.Fill(line, new Cell(' ', "")));
                break;
            case 'm':
                _ink = arguments == "0" ? "" : arguments;
                break;
            case 'h' or 'l' when arguments.StartsWith('?'):
                break;
            default:
                throw Unknown(text[..(end + 1)]);
        }

        return end + 1;
    }

    private static InvalidOperationException Unknown(string order)
        => new($"The terminal was given an order that recon has no use for: {new StringBuilder(order).Replace('\u001b', '^')}");

    /// <param name="Ink">The code of its colour; empty for none.</param>
    internal readonly record struct Cell(char Character, string Ink);
}
