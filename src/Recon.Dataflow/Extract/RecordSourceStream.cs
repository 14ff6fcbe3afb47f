using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Extract;

/// <summary>
/// A record source as the CSV stream that the reader takes in place of standard input, so that every rule for files holds
/// for it, too. Records are made as they are read: a slow reader makes the source wait.
/// </summary>
internal static class RecordSourceStream
{
    private static readonly SearchValues<char> s_special = SearchValues.Create(",\"\r\n");
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The csv block for such a stream: the same rules, and the notation of <see cref="RecordSourceStream"/>.</summary>
    public static CsvBlockDefinition Notation(CsvBlockDefinition csv) => csv with
    {
        Path = "-",
        Header = true,
        Columns = null,
        Delimiter = ",",
        Quote = "\"",
        Escape = FieldEscape.Doubled,
        RecordSeparator = null,
        Encoding = "utf-8",
    };

    /// <summary>Opens a source. What it throws is thrown by the stream's reads.</summary>
    /// <param name="cancellationToken">Ends the source.</param>
    public static Stream Open(IRecordSource source, CancellationToken cancellationToken)
    {
        var pipe = new Pipe();
        _ = Task.Run(() => WriteAsync(source, pipe.Writer, cancellationToken), CancellationToken.None);
        return pipe.Reader.AsStream();
    }

    private static async Task WriteAsync(IRecordSource source, PipeWriter writer, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<string> columns = source.Columns;
            Write(writer, columns);
            await foreach (IReadOnlyList<string?> record in source.ReadAsync(cancellationToken).WithCancellation(cancellationToken))
            {
                if (record.Count != columns.Count)
                {
                    throw new InputException(
                        $"The record source gave a record with {record.Count} values, but has {columns.Count} columns. "
                        + "Give one value per column, null for no value.");
                }

                Write(writer, record);
                if ((await writer.FlushAsync(cancellationToken)).IsCompleted)
                {
                    break; // The reader has all that it wants.
                }
            }

            await writer.CompleteAsync();
        }
        catch (EncoderFallbackException half)
        {
            await writer.CompleteAsync(new InputException(
                "The record source gave a text with half of a surrogate pair, which no encoding can hold. Cut texts between characters.", half));
        }
#pragma warning disable CA1031 // Whatever the source throws reaches the run through the stream.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await writer.CompleteAsync(exception);
        }
    }

    private static void Write(PipeWriter writer, IReadOnlyList<string?> values)
    {
        for (int index = 0; index < values.Count; index++)
        {
            s_strict.GetBytes(index == 0 ? "" : ",", writer);
            string value = values[index] ?? "";

            // A record of one empty value would be an empty line, which is no record.
            bool quoted = value.AsSpan().ContainsAny(s_special) || (values.Count == 1 && value.Length == 0);
            s_strict.GetBytes(quoted ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value, writer);
        }

        s_strict.GetBytes("\n", writer);
    }
}
