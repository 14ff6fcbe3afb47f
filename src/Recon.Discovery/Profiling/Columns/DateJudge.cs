using System.Globalization;
using System.Text.RegularExpressions;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Time;

namespace Recon.Discovery.Profiling.Columns;

/// <summary>Days and times, and the formats that read them.</summary>
internal static partial class DateJudge
{
    private const int MostFormats = 3;
    private const double LeastOfFormat = 0.005;
    private const int FirstYear = 1800;
    private const int LastYear = 2200;
    private static readonly string[] s_dateWords =
        ["date", "datum", "fecha", "data", "day", "jour", "time", "timestamp", "datetime", "created", "updated", "modified", "createdate", "createdat", "updatedat", "at", "on", "creation", "création", "modification", "maj", "ts", "zeit", "heure", "close", "closedate", "echeance", "échéance"];

    public static Judgement? Judge(ColumnValues values, FileHabits habits)
    {
        if (!values.AreMost(values.Count(value => char.IsAsciiDigit(value.Text[0]) && value.Text.Length is >= 6 and <= 40)))
        {
            return null;
        }

        return Epoch(values) ?? Written(values, habits) ?? Unreadable(values);
    }

    /// <summary>Whether a column is named as dates are, but holds what a spreadsheet counts days by: 45,292 for 2024-01-01.</summary>
    public static bool AreSerials(ColumnValues values)
        => (values.IsNamed(s_dateWords) || values.Name.EndsWith("date", StringComparison.OrdinalIgnoreCase)) && values.Total > 2
            && values.AreMost(values.Count(value => decimal.TryParse(value.Text, CultureInfo.InvariantCulture, out decimal serial) && serial is > 20_000 and < 60_000));

    private static Judgement? Written(ColumnValues values, FileHabits habits)
    {
        List<string> formats = [];
        WallTime?[] times = new WallTime?[values.Distinct.Count];
        while (formats.Count < MostFormats && BestFormat(values, times, habits) is { } next)
        {
            formats.Add(next.Format);
            for (int index = 0; index < times.Length; index++)
            {
                times[index] ??= next.Times[index];
            }
        }

        long read = Sum(values, times, time => time is not null);
        if (!values.AreMost(read) || Sum(values, times, time => time is { } one && YearOf(one) is >= FirstYear and <= LastYear) < read * ColumnValues.Most)
        {
            return null;
        }

        bool compact = formats.Exists(format => format.StartsWith("yyyyMM", StringComparison.Ordinal));
        if (compact && (values.Distinct.Count < 3 || Sum(values, times, time => time is { } one && YearOf(one) is >= 1900 and <= 2100) < read))
        {
            return null;
        }

        return Say(values, habits, formats, times, read, compact);
    }

    private static Judgement Say(ColumnValues values, FileHabits habits, List<string> formats, WallTime?[] times, long read, bool compact)
    {
        string[] list = formats is [""] ? [] : [.. formats.SelectMany(format => format.Length == 0 ? KnownFormats.Iso : [format])];
        long withTime = Sum(values, times, time => time is { } one && (one.Offset is not null || one.LocalMilliseconds % WallTime.MillisecondsPerDay != 0));
        long midnight = withTime > 0 ? 0 : values.Count(value => value.Text.Contains(':', StringComparison.Ordinal));
        ColumnKind kind = withTime > 0 ? ColumnKind.DateTime : ColumnKind.Date;
        string written = formats is [""] ? "ISO 8601" : string.Join(" or ", formats.Select(format => format.Length == 0 ? "ISO 8601" : format));
        string evidence = values.Say(read, $"{(kind == ColumnKind.Date ? "days" : "times")} written as {written}");
        evidence += values.Ruined > 0 ? $"; {CountText.Show(values.Ruined)} more {(values.Ruined == 1 ? "was" : "were")} destroyed by a spreadsheet" : "";
        List<OtherReading<ColumnKind>> others = [];
        if (midnight > 0)
        {
            others.Add(new(ColumnKind.DateTime, $"{CountText.Show(midnight)} have a time of day, which is always midnight"));
        }

        if (compact && !values.IsNamed(s_dateWords))
        {
            others.Add(new(ColumnKind.Integer, "they are whole numbers, too"));
        }

        return new(new(kind, others.Count == 0 && values.AreAll(read), evidence, others), Conversion(values, habits, kind, list, times, evidence));
    }

    private static Found<ConversionDefinition> Conversion(ColumnValues values, FileHabits habits, ColumnKind kind, string[] formats, WallTime?[] times, string evidence)
    {
        ConversionDefinition definition = Definition(kind, formats);
        if (!formats.Any(HasExchange))
        {
            return new(definition, true, evidence, []);
        }

        string[] exchanged = [.. KnownFormats.Exchange(formats)];
        TimeReader other = new(exchanged);
        long differ = 0; // Days that both formats read, as different days.
        long only = 0;
        long onlyOther = 0;
        for (int index = 0; index < times.Length; index++)
        {
            bool reads = other.TryRead(values.Distinct[index].Utf8, out WallTime time);
            int records = values.Distinct[index].Records;
            only += times[index] is not null && !reads ? records : 0;
            onlyOther += times[index] is null && reads ? records : 0;
            differ += times[index] is { } own && reads && own.Day != time.Day ? records : 0;
        }

        if (only > 0 && onlyOther == 0)
        {
            return new(definition, true, $"{evidence}; {CountText.Show(only)} of them have a day above 12", []);
        }

        string habit = habits.DayFirst is { } first ? $"; other columns have the {(first ? "day" : "month")} first" : "";
        string doubt = only == 0
            ? $"{evidence}; no day is above 12, so that day and month may be exchanged: {CountText.Show(differ)} of them would be another day{habit}"
            : $"{evidence}; {CountText.Show(only)} have a day above 12, but {CountText.Show(onlyOther)} are days only with day and month exchanged";
        return new(definition, false, doubt, [new(Definition(kind, exchanged), only == 0 ? "it reads all of them, too" : $"it reads {CountText.Show(onlyOther)} that the other does not")]);
    }

    private static ConversionDefinition Definition(ColumnKind kind, string[] formats)
        => kind == ColumnKind.Date ? new DateDefinition { Formats = formats } : new DatetimeDefinition { Formats = formats };

    // The format that reads most of what is left, and nothing in another way than those before it.
    private static (string Format, WallTime?[] Times)? BestFormat(ColumnValues values, WallTime?[] known, FileHabits habits)
    {
        (string Format, WallTime?[] Times)? best = null;
        long most = Math.Max(1, (long)(values.Total * LeastOfFormat));
        if (Sum(values, known, time => time is null) < most || (Array.Exists(known, time => time is not null) && Sum(values, known, time => time is null) < 2))
        {
            return null;
        }

        foreach (string format in Formats(values, habits))
        {
            TimeReader reader = new(format.Length == 0 ? [] : [format]);
            WallTime?[] times = new WallTime?[known.Length];
            long count = 0;
            bool contradicts = false;
            for (int index = 0; index < times.Length && !contradicts; index++)
            {
                if (reader.TryRead(values.Distinct[index].Utf8, out WallTime time))
                {
                    times[index] = time;
                    count += known[index] is null ? values.Distinct[index].Records : 0;
                    contradicts = known[index] is { } own && own.Day != time.Day;
                }
                else if (index > 200 && count == 0)
                {
                    break;
                }
            }

            if (!contradicts && count > most - (best is null ? 1 : 0) && count >= 1)
            {
                best = (format, times);
                most = count;
            }
        }

        return best;
    }

    // The empty one is ISO 8601.
    private static IEnumerable<string> Formats(ColumnValues values, FileHabits habits)
    {
        bool hasHalves = values.Distinct.Any(value => value.Text.EndsWith('M') || value.Text.EndsWith('m'));
        bool monthFirst = habits.DayFirst is false || (habits.DayFirst is null && hasHalves);
        IEnumerable<string> known = KnownFormats.All;
        if (monthFirst)
        {
            known = known.OrderByDescending(format => format.StartsWith('M'));
            known = known.OrderByDescending(format => format.Length <= 10);
        }

        return known.Prepend("");
    }

    private static bool HasExchange(string format)
        => format.Contains('d', StringComparison.Ordinal) && !format.StartsWith("yyyy", StringComparison.Ordinal);

    private static Judgement? Epoch(ColumnValues values)
    {
        foreach ((string format, int length, long unit) in (ReadOnlySpan<(string, int, long)>)[("epoch-milliseconds", 13, 1), ("epoch-seconds", 10, 1000)])
        {
            long like = values.Count(value => value.Text.Length == length && value.Text[0] == '1' && long.TryParse(value.Text, out long number) && number * unit is > 946_684_800_000 and < 2_000_000_000_000);
            bool isNamed = values.IsNamed(s_dateWords) || values.Name.EndsWith("date", StringComparison.OrdinalIgnoreCase) || values.Name.EndsWith("_at", StringComparison.OrdinalIgnoreCase);
            if (!values.AreAll(like) || (!isNamed && (unit > 1 || values.Distinct.Count < 3)))
            {
                continue;
            }

            long days = values.Count(value => long.TryParse(value.Text, out long number) && number * unit % WallTime.MillisecondsPerDay == 0);
            ColumnKind kind = days == like ? ColumnKind.Date : ColumnKind.DateTime;
            string evidence = values.Say(like, $"whole numbers that count {(unit == 1 ? "milliseconds" : "seconds")} since 1970 in the years 2000 to 2033");
            OtherReading<ColumnKind>[] others = isNamed ? [] : [new(ColumnKind.Integer, "they are whole numbers, too")];
            return new(new(kind, isNamed, evidence, others), new(Definition(kind, [format]), true, evidence, []));
        }

        return null;
    }

    // Known to people, but no format reads them.
    private static Judgement? Unreadable(ColumnValues values)
    {
        long years = values.Count(value => TwoDigitYear().IsMatch(value.Text));
        long months = values.Count(value => NamedMonth().IsMatch(value.Text));
        return values.AreMost(years) ? Refused(years, "days with two digits for the year, which no format of a definition reads: export them with four")
            : values.AreMost(months) ? Refused(months, "days with the name of the month, which no format of a definition reads: export them as yyyy-MM-dd")
            : null;

        Judgement Refused(long count, string what) => new(new(ColumnKind.Date, false, values.Say(count, what), [new(ColumnKind.Text, "as they are, they can only be compared as texts")]), null);
    }

    private static long Sum(ColumnValues values, WallTime?[] times, Func<WallTime?, bool> condition)
    {
        long sum = 0;
        for (int index = 0; index < times.Length; index++)
        {
            sum += condition(times[index]) ? values.Distinct[index].Records : 0;
        }

        return sum;
    }

    private static int YearOf(WallTime time) => 1970 + (int)Math.Floor(time.Day / 365.2425);

    [GeneratedRegex(@"^\d{1,2}([/.-])\d{1,2}\1\d{2}( \d{1,2}:\d\d(:\d\d)?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex TwoDigitYear();

    [GeneratedRegex(@"^\d{1,2}(er|\.|st|nd|rd|th)?[ -]\p{L}{3,10}\.?,?[ -](\d{4}|\d{2})( \d{1,2}:\d\d(:\d\d)?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex NamedMonth();
}
