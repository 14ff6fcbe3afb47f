using System.Text;
using System.Text.Json;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Plan;

namespace Recon.Dataflow.Diff;

/// <summary>A row as text, for rejects that are found after the raw record is gone.</summary>
internal static class RecordText
{
    /// <summary>The used columns of a row as a JSON object.</summary>
    public static string Of(RecordBatch batch, int row)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, ReconciliationPlan.JsonOptions))
        {
            json.WriteStartObject();
            for (int column = 0; column < batch.Columns.Count; column++)
            {
                ReadOnlySpan<byte> field = batch.Field(row, column);
                if (!field.IsEmpty)
                {
                    json.WriteString(batch.Columns.Names[column], field);
                }
            }

            json.WriteEndObject();
        }

        return Cut(Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length), RejectReasons.MaxRawLength);
    }

    /// <summary>Cuts a text, never through a surrogate pair: half of one cannot be written as UTF-8.</summary>
    internal static string Cut(string text, int length)
        => text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
