using System.Globalization;
using Recon.Postgres.Queries.Review;
using Recon.Review.Markup;
using Recon.Review.Records;
using Recon.Review.Sections;

namespace Recon.Review.Judging;

/// <summary>The rows of the file that disagree about a record, beside each other.</summary>
internal static class ConflictTable
{
    private const int Most = 9;

    public static Html Of(JudgeView view, SourceRowSet set)
    {
        if (set.WhyNone is { } why)
        {
            return Html.Of($"""<p class="alert">The rows that disagree cannot be shown. {why}</p>""");
        }

        IReadOnlyList<SourceRow> rows = [.. set.Rows.Take(Most)];
        string[] columns = [.. rows.SelectMany(row => row.Cells).Select(cell => cell.Key).Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];
        string[] differing = [.. columns.Where(column => set.Differing.Contains(column, StringComparer.OrdinalIgnoreCase))];
        string[] others = [.. columns.Except(differing, StringComparer.OrdinalIgnoreCase).Where(column => rows.Any(row => ValueOf(row, column).Length > 0))];
        return Html.Of($"""
            {Table(view, rows, differing, withHead: true)}
            {(others.Length == 0 ? Html.None : Fold.Of("What agrees, or does not count", string.Join(", ", others), Table(view, rows, others, withHead: false), isOpen: false))}
            {(set.Rows.Count > Most ? Html.Of($"""<p class="note">{Numbers.Count(set.Rows.Count - Most)} further rows are not shown.</p>""") : Html.None)}
            """);
    }

    internal static string ValueOf(SourceRow row, string column)
        => row.Cells.FirstOrDefault(cell => cell.Key.Equals(column, StringComparison.OrdinalIgnoreCase)).Value ?? "";

    private static Html Table(JudgeView view, IReadOnlyList<SourceRow> rows, string[] columns, bool withHead) => Html.Of($"""
        <div class="across" tabindex="0" role="region" aria-label="{(withHead ? "The rows that disagree" : "Further columns")}"><table class="judge"><thead><tr><th scope="col">column</th>{rows.Select((row, place) => Head(view, row, place, withHead))}</tr></thead>
        <tbody>{columns.Select(column => Html.Of($"""<tr><th scope="row">{column}</th>{rows.Select((row, place) => Cell(view, rows, place, column, withHead))}</tr>"""))}</tbody></table></div>
        """);

    private static Html Head(JudgeView view, SourceRow row, int place, bool withHead)
    {
        string key = (place + 1).ToString(CultureInfo.InvariantCulture);
        Html choose = view.Settings.IsReadOnly || !withHead ? Html.None
            : Html.Of($"""<button name="decision" value="keep-row {place.ToString(CultureInfo.InvariantCulture)} {row.Line.ToString(CultureInfo.InvariantCulture)}" data-key="{key}" data-item><kbd>{key}</kbd> this row counts</button>""");
        return Html.Of($"""<th scope="col">line {Numbers.Count(row.Line)}<span class="what">{row.File}</span>{choose}</th>""");
    }

    private static Html Cell(JudgeView view, IReadOnlyList<SourceRow> rows, int place, string column, bool isDiffering)
    {
        string value = ValueOf(rows[place], column);
        Html shown = place > 0 && isDiffering && !view.Settings.IsMasked ? LongValue.Differing(value, ValueOf(rows[0], column)) : ValueView.Of(view.Values.Of(value.Length == 0 ? null : value));
        return Html.Of($"""<td class="{(isDiffering && place > 0 ? "differs" : "one")}">{shown}</td>""");
    }
}
