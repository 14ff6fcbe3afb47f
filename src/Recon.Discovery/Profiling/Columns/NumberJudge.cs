using System.Text.RegularExpressions;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Number;

namespace Recon.Discovery.Profiling.Columns;

/// <summary>Numbers, and the culture that reads them.</summary>
internal static partial class NumberJudge
{
    private const int MostDigits = 15;

    // What a plainer notation may fail to read: damaged values.
    private const double Negligible = 0.01;
    private static readonly string[] s_signs = ["$", "USD", "£", "GBP", "CHF", "Fr.", "¥", "kr", "zł", "PLN", "SEK", "NOK", "DKK", "CAD", "C$", "A$", "AUD", "JPY", "R$"];

    public static Judgement? Judge(ColumnValues values, FileHabits habits)
    {
        if (!values.AreMost(values.Count(value => Looks().IsMatch(value.Text))) || IsPadded(values))
        {
            return null;
        }

        string[] signs = [.. s_signs.Where(sign => values.Distinct.Any(value => value.Text.StartsWith(sign, StringComparison.Ordinal) || value.Text.EndsWith(sign, StringComparison.Ordinal) || value.Text.StartsWith("-" + sign, StringComparison.Ordinal)))];
        List<Reading> readings = [];
        foreach (NumberCulture culture in Cultures(habits))
        {
            NumberDefinition definition = new() { Culture = culture };
            definition = signs.Length == 0 ? definition : definition with { Currency = [.. definition.Currency, .. signs] };
            string?[] converted = values.Convert(definition);
            readings.Add(new(definition, converted, values.Read(converted)));
        }

        Reading best = readings.Aggregate((one, next) => next.Read > one.Read + (values.Total * Negligible) ? next : one);
        if (!values.AreMost(best.Read))
        {
            return null;
        }

        bool whole = best.Converted.All(text => text is null || !text.Contains('.', StringComparison.Ordinal)) && !IsAmount(values, best.Definition.Point);
        if (whole && best.Converted.Any(text => text?.Length > MostDigits + 1))
        {
            return null;
        }

        Found<ConversionDefinition> conversion = Conversion(values, best, readings, whole);
        return new(Kind(values, best, whole, conversion), conversion);
    }

    // Amounts have their cents even where there are none. Whole numbers that went through floating-point ones have .0.
    private static bool IsAmount(ColumnValues values, string point)
        => values.Distinct.Any(value => Cents().Match(value.Text) is { Success: true } cents && cents.Groups[1].Value == point);

    /// <summary>Whether digits have zeros in front, as codes have and numbers do not.</summary>
    public static bool IsPadded(ColumnValues values) => values.Count(value => Padded().IsMatch(value.Text)) is var padded && padded > 0 && padded * 200 >= values.Total;

    private static Found<ColumnKind> Kind(ColumnValues values, Reading best, bool whole, Found<ConversionDefinition> conversion)
    {
        string evidence = values.Say(best.Read, whole ? "whole numbers" : "numbers");
        if (conversion.IsCertain || conversion.Others.Count == 0)
        {
            return new(whole ? ColumnKind.Integer : ColumnKind.Number, values.AreAll(best.Read), evidence, values.AreAll(best.Read) ? [] : [new(ColumnKind.Text, values.Say(values.Total - best.Read, "something else"))]);
        }

        ColumnKind other = whole ? ColumnKind.Number : ColumnKind.Integer;
        return new(whole ? ColumnKind.Integer : ColumnKind.Number, false, evidence, [new(other, conversion.Others[0].Evidence)]);
    }

    private static Found<ConversionDefinition> Conversion(ColumnValues values, Reading best, List<Reading> readings, bool whole)
    {
        string evidence = values.Say(best.Read, $"numbers in the culture {Name(best.Definition.Culture)}");
        List<OtherReading<ConversionDefinition>> others = [];
        foreach (Reading other in readings.Where(other => other != best))
        {
            long differ = 0;
            long only = 0;
            for (int index = 0; index < best.Converted.Length; index++)
            {
                int records = values.Distinct[index].Records;
                differ += best.Converted[index] is { } one && other.Converted[index] is { } two && one != two ? records : 0;
                only += best.Converted[index] is not null && other.Converted[index] is null ? records : 0;
            }

            // What one culture alone reads decides, unless it is next to nothing.
            if (differ > 0 && only * 50 < differ)
            {
                others.Add(new(Shape(other), $"as {Name(other.Definition.Culture)}, {CountText.Show(differ)} of them are other numbers"));
            }
        }

        if (others.Count == 0)
        {
            return new(whole ? Integer(best.Definition) : best.Definition, true, evidence, []);
        }

        OtherReading<ConversionDefinition>[] distinct = [.. others.DistinctBy(other => ((NumericDefinition)other.Value).Point).Take(2)];
        return new(whole ? Integer(best.Definition) : best.Definition, false, $"{evidence}, but their separator may be that of thousands or that of decimals", distinct);
    }

    private static ConversionDefinition Shape(Reading reading)
        => reading.Converted.All(text => text is null || !text.Contains('.', StringComparison.Ordinal)) ? Integer(reading.Definition) : reading.Definition;

    private static IntegerDefinition Integer(NumberDefinition number) => new() { Culture = number.Culture, Currency = number.Currency };

    private static NumberCulture[] Cultures(FileHabits habits) => habits.Comma is true
        ? [NumberCulture.Fr, NumberCulture.De, NumberCulture.Invariant, NumberCulture.En, NumberCulture.Ch]
        : Enum.GetValues<NumberCulture>();

    private static string Name(NumberCulture culture) => culture.ToString().ToLowerInvariant();

    private sealed record Reading(NumberDefinition Definition, string?[] Converted, long Read);

    [GeneratedRegex(@"^[^\p{L}\d]{0,4}(\p{L}{1,3}\.?\s?)?[+-]?\d[\d\s.,'’\u00A0\u202F]*(\s?(\p{Sc}|\p{L}{1,3}\.?))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Looks();

    [GeneratedRegex(@"^0\d+$", RegexOptions.CultureInvariant)]
    private static partial Regex Padded();

    [GeneratedRegex(@"\d([.,])00(\D|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Cents();
}
