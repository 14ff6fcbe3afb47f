using System.Text.Json;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;

namespace Recon.Cli.Rendering;

/// <summary>How staged rows are shown to people.</summary>
/// <param name="property">The property whose values are shown in place of all updates; <see langword="null"/> for all updates.</param>
internal sealed class RowsView(StageBlockDefinition stage, string? property, bool mask)
{
    private const int MostOfCell = 80;

    // A line of its own has room for more, and notes name ids.
    private const int MostOfText = 400;

    /// <param name="rows">Staged rows, each a JSON object.</param>
    /// <param name="width">Columns of the terminal; <see langword="null"/> for whole tables.</param>
    public string Draw(IReadOnlyList<string> rows, int? width)
    {
        string[] columns = [stage.LegacyId, stage.HubspotId, .. property is null ? CommonColumns.Shown : [.. CommonColumns.Shown.Where(IsOfMatch), .. CommonColumns.Changes.Reverse()]];
        return TextTable.Draw(width, [.. columns.Select(column => Titled(column, isShort: width is not null))], [.. rows.Select(Row)]);

        string[] Row(string row)
        {
            using JsonDocument document = JsonDocument.Parse(row);
            return [.. columns.Select(column => TextTable.Cell(
                width is not null && property is null && column == "properties_to_update" ? Updates(document.RootElement) : Cell(document.RootElement.GetProperty(column), column),
                column == stage.LegacyId || column == stage.HubspotId ? int.MaxValue : column == "notes" || width is not null ? MostOfText : MostOfCell))];
        }
    }

    private TableColumn Titled(string column, bool isShort) => column switch
    {
        "reconciliation_status" => isShort ? "status" : column,
        "match_confidence" => isShort ? "?>confidence" : "?>" + column,
        "match_rule" => isShort ? "?rule" : "?" + column,
        "notes" => "/" + column,
        "previous_values" => $"/{property} in HubSpot",
        "properties_to_update" => property is not null ? "/becomes" : isShort ? "/updates" : "/" + column,
        _ => column,
    };

    private string Updates(JsonElement row) => string.Join("; ", row.GetProperty("properties_to_update").EnumerateObject().Select(update =>
    {
        string? held = row.GetProperty("previous_values").TryGetProperty(update.Name, out JsonElement value) ? Text(value) : "";
        (string from, string to) = ValuePair.Of(held.Length == 0 ? null : held, Text(update.Value) is { Length: > 0 } text ? text : null, MostOfCell, mask, quote: true);
        return $"{update.Name}: {from} → {to}";
    }));

    private string Cell(JsonElement value, string column)
    {
        bool isValue = CommonColumns.Changes.Contains(column);
        if (isValue && property is not null)
        {
            string held = value.TryGetProperty(property, out JsonElement one) ? Text(one) : "";
            return held.Length == 0 ? "(nothing)" : mask ? Mask.Of(held)! : held;
        }

        string text = Text(value);
        return !mask ? text : isValue ? Masked(value) : column == "notes" ? Mask.Of(text)! : text;
    }

    private static bool IsOfMatch(string column) => column != "notes" && !CommonColumns.Changes.Contains(column);

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.Null ? "" : value.ToString();

    // The names of properties say nothing about anybody.
    private static string Masked(JsonElement properties) => string.Join(
        ", ", properties.EnumerateObject().Select(each => $"{each.Name}: {Mask.Of(each.Value.ToString())}"));
}
