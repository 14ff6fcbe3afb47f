using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Time;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing.Reading;

namespace Recon.Discovery.Proposing.Matching;

/// <summary>Finds what the agreeing values leave open about a choice: other orders of day and month, zones, notations of numbers, values that are not read.</summary>
/// <param name="defaults">Zone and telephone region where a definition names none.</param>
internal sealed class OpenReadings(PairedRows rows, ColumnComparer comparer, DefaultsDefinition defaults)
{
    // So many agreeing values have to tell two readings apart.
    private const int FewestTelling = 3;

    private const double ManyUnread = 0.05;
    private const string AnotherZone = "Asia/Tokyo";

    /// <summary>The choice with the readings that are as likely; not certain where there are some.</summary>
    public PropertyChoice Judge(PropertyChoice choice)
    {
        if (!choice.IsActive || choice.Candidate is not { Map.Count: 0, Reading.Convert: [var step] } candidate)
        {
            return choice;
        }

        IReadOnlyList<int> codes = comparer.Codes(candidate.Reading, candidate.File);
        LikelyReading[] others = [.. Others(candidate, step, codes)];
        string? doubt = others.Length > 0 && candidate.Agreement.Agree > 0
            ? $"the values that agree do not tell {Label(step)} from {Label(others[0].Conversion)}"
            : Unread(codes);
        return doubt is null ? choice with { Readings = With(candidate, step, others) }
            : choice with { IsCertain = false, Doubt = choice.Doubt is null ? doubt : $"{choice.Doubt}; {doubt}", Readings = With(candidate, step, others) };
    }

    private IReadOnlyList<LikelyReading> With(Candidate candidate, ConversionDefinition step, LikelyReading[] others)
    {
        if (others.Length == 0)
        {
            return [];
        }

        Found<ConversionDefinition>? found = rows.File[candidate.File].Conversion;
        string evidence = candidate.Agreement.Pairs > 0 ? Evidence.Share(candidate.Agreement.Agree, candidate.Agreement.Pairs)
            : found is not null && IsSame(found.Value, step) ? found.Evidence
            : "it reads the values";
        return [new LikelyReading(step, Label(step), evidence), .. others];
    }

    private IEnumerable<LikelyReading> Others(Candidate candidate, ConversionDefinition step, IReadOnlyList<int> codes)
    {
        if (rows.File[candidate.File].Conversion is { IsCertain: false } found)
        {
            foreach ((ConversionDefinition declared, string evidence) in found.Others.Select(other => (other.Value, other.Evidence)).Prepend((found.Value, found.Evidence)))
            {
                if (Alike(step, declared) is { } other && !IsSame(other, step) && IsAsLikely(candidate, other))
                {
                    yield return new LikelyReading(other, Label(other), evidence);
                }
            }
        }

        // Where no time has an offset, a zone elsewhere makes other instants of them.
        if (step is DatetimeDefinition time && candidate.Agreement.Agree > 0 && !codes.SequenceEqual(comparer.Codes(ReadingOf(time with { Zone = AnotherZone }), candidate.File)))
        {
            foreach (string other in ColumnReadings.Zones.Where(other => other != (time.Zone ?? defaults.TimeZone)))
            {
                DatetimeDefinition there = time with { Zone = other == defaults.TimeZone ? null : other };
                if (IsAsLikely(candidate, there))
                {
                    yield return new LikelyReading(there, Label(there), "the agreeing times mean the same in both zones");
                }
            }
        }
    }

    private bool IsAsLikely(Candidate candidate, ConversionDefinition other)
        => comparer.Under(ReadingOf(other) with { Compare = candidate.Reading.Compare }, candidate.File, candidate.Mirror) is { } under
            && candidate.Agreement.Agree - under.Agreement.Agree < FewestTelling && under.Agreement.Agree * 2 >= candidate.Agreement.Agree;

    private static string? Unread(IReadOnlyList<int> codes)
    {
        int values = codes.Count(code => code != 0);
        int unread = codes.Count(code => code == CodeBook.Unread);
        return unread <= values * ManyUnread ? null : $"{CountText.Show(unread)} of {CountText.Show(values, "value")} cannot be read so";
    }

    private static ColumnReading ReadingOf(ConversionDefinition step) => new([step], ConversionChain.ProducedBy([step]), 0);

    // A day and a time are of one kind here: the mirror's type says which of them it is.
    private ConversionDefinition? Alike(ConversionDefinition step, ConversionDefinition other) => (step, other) switch
    {
        (DateDefinition day, DatetimeDefinition { Formats: var formats }) => day with { Formats = formats },
        (DatetimeDefinition time, DateDefinition { Formats: var formats }) => time with { Formats = formats },
        (DatetimeDefinition time, DatetimeDefinition { Formats: var formats }) => time with { Formats = formats },
        (NumericDefinition, NumericDefinition) => other,
        (PhoneDefinition, PhoneDefinition phone) => phone.Region == defaults.PhoneRegion ? phone with { Region = null } : phone,
        _ => step.Kind == other.Kind ? other : null,
    };

    private static bool IsSame(ConversionDefinition one, ConversionDefinition other)
        => one.Equals(other) || Dataflow.Binding.RecordJson.Of(one) == Dataflow.Binding.RecordJson.Of(other);

    private string Label(ConversionDefinition conversion) => conversion switch
    {
        DateDefinition { Formats.Count: > 0 } date => string.Join(", ", date.Formats),
        DatetimeDefinition time => $"{(time.Formats.Count == 0 ? "ISO 8601" : string.Join(", ", time.Formats))} in {time.Zone ?? defaults.TimeZone}",
        NumericDefinition number => $"{number.Kind} {number.Culture.ToString().ToLowerInvariant()}",
        PhoneDefinition phone => $"phone {phone.Region ?? defaults.PhoneRegion}",
        _ => conversion.Label,
    };
}

/// <summary>A conversion that reads a column as well as the others of a choice.</summary>
/// <param name="Label">In a few words.</param>
internal sealed record LikelyReading(ConversionDefinition Conversion, string Label, string Evidence);
