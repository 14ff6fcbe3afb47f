using Recon.Dataflow.Batches;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values.Phone;
using Recon.Discovery.Profiling.Columns;

namespace Recon.Discovery.Profiling;

/// <summary>Finds what happened to values before they came into the file.</summary>
internal static class DamageFinder
{
    private const double LeastUnique = 0.3;

    public static IEnumerable<Damage> Find(TableReading reading, IReadOnlyList<JudgedColumn> columns, IReadOnlyList<ColumnProfile> profiles)
    {
        if (reading.Malformed.Count > 0)
        {
            yield return Malformed(reading);
        }

        if (Repeated(reading, columns, profiles) is { } repeated)
        {
            yield return repeated;
        }

        foreach ((JudgedColumn column, ColumnProfile profile) in columns.Zip(profiles))
        {
            foreach (Damage damage in OfColumn(reading.Tallies[column.Index], column, profile))
            {
                yield return damage;
            }
        }
    }

    private static Damage Malformed(TableReading reading)
    {
        long count = reading.Malformed.Values.Sum();
        string why = string.Join(", ", reading.Malformed.OrderByDescending(reason => reason.Value)
            .Select(reason => $"{CountText.Show(reason.Value)} {(reason.Key == RejectReasons.FieldCount ? "with more or fewer fields than the others" : $"with the reason {reason.Key}")}"));
        return new(
            DamageKind.MalformedRecords, null, count, reading.Records,
            $"{CountText.Show(count)} of {CountText.Show(reading.Records, "record")} cannot be read: {why}. A quote or delimiter inside a value was not escaped. A run rejects them, and writes them to a file with --rejects FILE; correct the export.");
    }

    private static Damage? Repeated(TableReading reading, IReadOnlyList<JudgedColumn> columns, IReadOnlyList<ColumnProfile> profiles)
    {
        JudgedColumn? best = columns.Where(column => column.Judgement.Kind.Value == ColumnKind.Id).OrderByDescending(column => TextJudge.IsNamedId(column.Values)).ThenBy(column => column.Index).FirstOrDefault()
            ?? columns.FirstOrDefault(column => column.Index == 0 && TextJudge.IsNamedId(column.Values) && column.Judgement.Kind.Value is ColumnKind.Integer or ColumnKind.Text && column.Values.Uniqueness >= LeastUnique && column.Values.Filled > 0.9);
        if (best is null)
        {
            return null;
        }

        ColumnTally tally = reading.Tallies[best.Index];
        long nulls = profiles.First(profile => profile.Index == best.Index).Nulls.Sum(spelling => spelling.Records);
        long values = tally.Judged - nulls;
        long again = values - (tally.Distinct - best.Nulls.Count(tally.Nulls.ContainsKey));
        return again <= 0 ? null : new(
            DamageKind.RepeatedIds, best.Name, again, values,
            $"{CountText.Show(again)} of {CountText.Show(values, "id")} {(again == 1 ? "is one that a record before it has" : "are those of records before them")}. A run folds records that agree into one; those that do not are a conflict.");
    }

    private static IEnumerable<Damage> OfColumn(ColumnTally tally, JudgedColumn column, ColumnProfile profile)
    {
        long of = profile.Filled;
        if (Traced(CellTrace.DestroyedDate) is > 0 and var dates)
        {
            yield return new(DamageKind.DestroyedDates, column.Name, dates, of,
                $"{Say(dates, of)} minutes and seconds (mm:ss.0): a spreadsheet showed a date so and saved what it showed. Day, month and year are lost. Export again, and do not open the file in a spreadsheet.");
        }

        // Codes and numbers of one length are not cut.
        if (column.Judgement.Kind.Value is ColumnKind.Text or ColumnKind.Html && tally.FindCuts(column.Name) is [var cut, ..])
        {
            yield return new(DamageKind.CutTexts, column.Name, cut.Texts, cut.Sample,
                $"{CountText.Show(cut.Texts)} of {CountText.Show(cut.Sample, "different text")} end at exactly {cut.Length}: a tool cut them. Export again with a larger limit; a run counts such texts and does not overwrite longer ones with them.");
        }

        if (Traced(CellTrace.Mojibake) is > 0 and var misread)
        {
            yield return new(DamageKind.Mojibake, column.Name, misread, of,
                $"{Say(misread, of)} UTF-8 that was read as Latin-1 and saved again (Ã© for é). Export again in the right encoding, or set \"repair\": \"latin1\" in the csv block.");
        }

        if (Traced(CellTrace.LostLetter) is > 0 and var lost)
        {
            yield return new(DamageKind.Mojibake, column.Name, lost, of,
                $"{Say(lost, of)} U+FFFD in the place of letters that are lost. Export again in the right encoding.");
        }

        if (Traced(CellTrace.Exponent) is > 0 and var exponents)
        {
            yield return new(DamageKind.SpreadsheetNumbers, column.Name, exponents, of,
                $"{Say(exponents, of)} numbers as a spreadsheet shortens them (1.23E+05): digits are lost. Export again, and do not open the file in a spreadsheet.");
        }

        if (column.Judgement.Kind.Value is ColumnKind.Integer or ColumnKind.Number && DateJudge.AreSerials(column.Values))
        {
            yield return new(DamageKind.SpreadsheetNumbers, column.Name, of, of,
                "The column is named as dates are, and its values are numbers by which spreadsheets count days (45292 for 2024-01-01). No format of a definition reads them: export dates as yyyy-MM-dd.");
        }

        if (LostZeros(column) is { } zeros)
        {
            yield return zeros;
        }

        if (Traced(CellTrace.Wrapped) is > 0 and var wrapped)
        {
            yield return new(DamageKind.SpreadsheetErrors, column.Name, wrapped, of,
                $"{Say(wrapped, of)} a text within a formula (=\"00123\"), which spreadsheets show without it. Export again without it, or take it off by the conversion \"replace\".");
        }

        if (Traced(CellTrace.Error) is > 0 and var errors)
        {
            yield return new(DamageKind.SpreadsheetErrors, column.Name, errors, of,
                $"{Say(errors, of)} errors or formulas of a spreadsheet (#REF!, ####, =A1+B1). The values are not in the file: export them again.");
        }

        bool isCode = column.Judgement.Kind.Value is ColumnKind.Id or ColumnKind.Email or ColumnKind.Url or ColumnKind.Enumeration or ColumnKind.Date or ColumnKind.DateTime or ColumnKind.Boolean;
        if (Traced(CellTrace.HiddenEdge) + Traced(CellTrace.Invisible) + (isCode ? Traced(CellTrace.NoBreakSpace) : 0) is > 0 and var hidden)
        {
            yield return new(DamageKind.InvisibleSpace, column.Name, hidden, of,
                $"{Say(hidden, of)} a no-break or zero-width space that nobody sees. A run takes it off around values; within them, where it makes values differ that look alike, the conversion \"collapse\" does.");
        }

        long Traced(CellTrace trace) => tally.Traces.GetValueOrDefault(trace);
    }

    // French and other postal codes have five digits, and telephone numbers a zero in front, which spreadsheets take off.
    private static Damage? LostZeros(JudgedColumn column)
    {
        if (column.Judgement.Conversion?.Value is PhoneDefinition { Region: "FR" })
        {
            long local = column.Values.Count(value => !value.Text.StartsWith('+') && !value.Text.StartsWith("00", StringComparison.Ordinal));
            long nine = column.Values.Count(value => value.Text.Length == 9 && value.Text[0] != '0' && value.Text.All(char.IsAsciiDigit));
            return nine == 0 ? null : new(
                DamageKind.SpreadsheetNumbers, column.Name, nine, local,
                $"{Say(nine, local)} nine digits without the zero in front that French numbers have: a spreadsheet took it off. The conversion \"phone\" reads them all the same; export again as text where other tools need it.");
        }

        if (!TextJudge.IsNamedCode(column.Values) || column.Judgement.Kind.Value is not (ColumnKind.Text or ColumnKind.Integer or ColumnKind.Id))
        {
            return null;
        }

        long digits = column.Values.Count(value => value.Text.All(char.IsAsciiDigit));
        long five = column.Values.Count(value => value.Text.Length == 5 && value.Text.All(char.IsAsciiDigit));
        long four = column.Values.Count(value => value.Text.Length == 4 && value.Text.All(char.IsAsciiDigit));
        return four == 0 || five < digits * 0.7 || digits < column.Values.Total * 0.8 || NumberJudge.IsPadded(column.Values) ? null : new(
            DamageKind.SpreadsheetNumbers, column.Name, four, digits,
            $"{Say(four, digits)} four digits where the others have five, and none begins with a zero: a spreadsheet took leading zeros off. Export again as text, or use the conversion \"pad\" if all are of one country.");
    }

    private static string Say(long count, long of) => $"{CountText.Show(count)} of {CountText.Show(of)} {(of == 1 ? "value" : "values")} {(count == 1 ? "holds" : "hold")}";
}
