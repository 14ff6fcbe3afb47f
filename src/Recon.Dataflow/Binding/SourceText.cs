using System.Text;

namespace Recon.Dataflow.Binding;

/// <summary>The text of a definition file, and where its lines start.</summary>
internal sealed class SourceText
{
    private readonly ReadOnlyMemory<byte> _utf8;
    private readonly List<int> _lineStarts = [0];

    /// <summary>Finds the lines.</summary>
    /// <param name="utf8">The file; a byte order mark at its start is left out of everything that follows.</param>
    public SourceText(ReadOnlyMemory<byte> utf8, string file)
    {
        _utf8 = utf8.Span.StartsWith(Encoding.UTF8.Preamble) ? utf8[Encoding.UTF8.Preamble.Length..] : utf8;
        File = file;
        ReadOnlySpan<byte> bytes = _utf8.Span;
        for (int at = 0; at < bytes.Length; at++)
        {
            // A lone CR ends a line too, as it does in editors.
            if (bytes[at] == '\n' || (bytes[at] == '\r' && (at + 1 == bytes.Length || bytes[at + 1] != '\n')))
            {
                _lineStarts.Add(at + 1);
            }
        }
    }

    /// <summary>The file's name, for problems.</summary>
    public string File { get; }

    /// <summary>The text as UTF-8, without a byte order mark.</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8.Span;

    /// <param name="offset">The offset in <see cref="Utf8"/>; one behind its end is allowed.</param>
    /// <returns>The line and the column in UTF-16 units, both from 1.</returns>
    public (int Line, int Column) PositionOf(int offset)
    {
        offset = Math.Clamp(offset, 0, _utf8.Length);
        int found = _lineStarts.BinarySearch(offset);
        int line = found >= 0 ? found : ~found - 1;
        return (line + 1, Encoding.UTF8.GetCharCount(Utf8[_lineStarts[line]..offset]) + 1);
    }

    public DefinitionProblem ProblemAt(int offset, string path, string message)
    {
        (int line, int column) = PositionOf(offset);
        return new DefinitionProblem(File, path, line, column, message);
    }
}
