using System.Text.Json;
using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Dataflow.Text;

namespace Recon.Cli.Rendering;

/// <summary>Rows of a query, each a JSON object, as a table, CSV or JSON.</summary>
internal static class RowsText
{
    public static readonly string[] Formats = ["table", "csv", "json"];

    private const int MostOfCell = 60;

    public static async Task WriteAsync(string format, IReadOnlyList<JsonElement> rows, CliContext context)
    {
        // Programs read CSV, and have no way to tell what was escaped.
        TextWriter writer = format == "csv" ? context.BeginData() : context.Output;
        string[] columns = ColumnsOf(rows);
        switch (format)
        {
            case "json":
                await writer.WriteAsync(JsonText.Of(rows, RowsJson.Default.IReadOnlyListJsonElement));
                break;
            case "csv":
                await writer.WriteAsync(columns.Length == 0 ? "" : CsvCell.Line(columns));
                foreach (JsonElement row in rows)
                {
                    await writer.WriteAsync(CsvCell.Line(columns.Select(column => Text(row, column))));
                }

                break;
            default:
                await writer.WriteAsync(Table(rows, context.OutputWidth));
                break;
        }
    }

    /// <param name="width">Columns of the terminal; <see langword="null"/> for the whole table.</param>
    internal static string Table(IReadOnlyList<JsonElement> rows, int? width)
    {
        string[] columns = ColumnsOf(rows);
        return rows.Count == 0 ? "No rows.\n" : TextTable.Draw(
            width,
            [.. columns.Select(column => new TableColumn(TextTable.Cell(column, MostOfCell)) { IsNumber = IsNumeric(rows, column) })],
            [.. rows.Select(row => (string[])[.. columns.Select(column => TextTable.Cell(Text(row, column), MostOfCell))])]);
    }

    private static string[] ColumnsOf(IReadOnlyList<JsonElement> rows)
        => [.. rows.SelectMany(row => row.EnumerateObject().Select(property => property.Name)).Distinct(StringComparer.Ordinal)];

    private static bool IsNumeric(IReadOnlyList<JsonElement> rows, string column)
        => rows.Any(row => Kind(row, column) == JsonValueKind.Number)
            && rows.All(row => Kind(row, column) is JsonValueKind.Number or JsonValueKind.Null);

    private static JsonValueKind Kind(JsonElement row, string column)
        => row.TryGetProperty(column, out JsonElement value) ? value.ValueKind : JsonValueKind.Null;

    private static string? Text(JsonElement row, string column)
        => !row.TryGetProperty(column, out JsonElement value) ? null : value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => value.GetString(),
            _ => value.GetRawText(),
        };
}

[JsonSerializable(typeof(IReadOnlyList<JsonElement>))]
internal sealed partial class RowsJson : JsonSerializerContext;
