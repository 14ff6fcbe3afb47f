using System.Buffers;
using System.Text;

namespace Recon.Samples;

/// <summary>Writes CSV records as UTF-8 into a buffer, with quotes only where they are needed, or damaged on purpose.</summary>
internal sealed class CsvRecordWriter(string newLine)
{
    private static readonly SearchValues<char> s_quoted = SearchValues.Create(",\"\r\n");
    private byte[] _buffer = new byte[256 * 1024];
    private int _used;

    /// <summary>What was written since the last <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _used);

    /// <summary>Forgets what was written.</summary>
    public void Clear() => _used = 0;

    public void WriteByteOrderMark() => WriteRaw("\uFEFF");

    /// <param name="cells">Its values; <see langword="null"/> is an empty field.</param>
    public void Write(ReadOnlySpan<string?> cells)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            if (i > 0)
            {
                WriteRaw(",");
            }

            WriteField(cells[i]);
        }

        WriteRaw(newLine);
    }

    /// <summary>Writes a malformed record, on one line, whose damage ends with it.</summary>
    /// <param name="cells">Its values; what would need quotes is changed so that it does not.</param>
    public void WriteDamaged(ReadOnlySpan<string?> cells, DefectKind damage)
    {
        int count = damage == DefectKind.TooFewFields ? cells.Length - 3 : cells.Length;
        for (int i = 0; i < count; i++)
        {
            if (i > 0)
            {
                WriteRaw(",");
            }

            WriteRaw((damage, i) switch
            {
                (DefectKind.StrayQuote, 1) => "Ecran 24\" livre",
                (DefectKind.TextAfterQuote, 1) => "\"Velbora\" et fils",
                (DefectKind.UnclosedQuote, _) when i == count - 1 => "\"jamais fermee",
                _ => Plain(cells[i]),
            });
        }

        WriteRaw(damage switch
        {
            DefectKind.TooManyFields => "," + "surplus" + newLine,
            DefectKind.UnclosedQuote => "", // The file ends inside the record.
            _ => newLine,
        });
    }

    private static string Plain(string? cell)
        => cell is null ? "" : cell.AsSpan().ContainsAny(s_quoted) ? "texte simple" : cell;

    private void WriteField(string? cell)
    {
        if (string.IsNullOrEmpty(cell))
        {
            return;
        }

        if (!cell.AsSpan().ContainsAny(s_quoted))
        {
            WriteRaw(cell);
            return;
        }

        WriteRaw("\"");
        WriteRaw(cell.Contains('"', StringComparison.Ordinal) ? cell.Replace("\"", "\"\"", StringComparison.Ordinal) : cell);
        WriteRaw("\"");
    }

    private void WriteRaw(string text)
    {
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_used + most > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _used + most));
        }

        _used += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_used));
    }
}
