using Recon.Dataflow.Extract;
using Recon.Dataflow.Values;
using Recon.Discovery.Profiling.Columns;

namespace Recon.Discovery.Profiling;

/// <summary>Makes one sample of the parts of an object: each column is what it is in all of them.</summary>
internal static class FileParts
{
    private const double NearlyAll = 0.99;

    /// <param name="parts">One or more, with the same columns in the same notation.</param>
    /// <exception cref="InputException">A column is written in one part as none of the readings of another can be; the message names both.</exception>
    public static FileSample Join(IReadOnlyList<FileSample> parts)
    {
        if (parts is [var one])
        {
            return one;
        }

        FileProfile first = parts[0].Profile;
        return new FileSample(
            first with
            {
                Bytes = parts.Sum(part => part.Profile.Bytes),
                BytesSeen = parts.Sum(part => part.Profile.BytesSeen),
                Records = parts.Sum(part => part.Profile.Records),
                Malformed = parts.Sum(part => part.Profile.Malformed),
                Nulls = [.. parts.SelectMany(part => part.Profile.Nulls).Distinct(StringComparer.Ordinal)],
                Damage = [.. parts.SelectMany(part => part.Profile.Damage)],
                Notes = [.. parts.SelectMany(part => part.Profile.Notes).Distinct(StringComparer.Ordinal)],
                Columns = [.. first.Columns.Select((_, column) => Column(parts, column))],
            },
            [.. parts.SelectMany(part => part.Rows)]);
    }

    private static ColumnProfile Column(IReadOnlyList<FileSample> parts, int column)
    {
        ColumnProfile[] all = [.. parts.Select(part => part.Profile.Columns[column])];
        ColumnProfile most = all.MaxBy(each => each.Filled) ?? all[0];
        Found<ConversionDefinition>? conversion = Conversion(parts, column);
        ColumnProfile told = all.FirstOrDefault(each => conversion is not null && each.Conversion?.Value == conversion.Value) ?? most;
        ILookup<string, ValueCount> nulls = all.SelectMany(each => each.Nulls).ToLookup(each => each.Value, StringComparer.Ordinal);
        ILookup<string, ValueCount> frequent = all.SelectMany(each => each.Frequent).ToLookup(each => each.Value, StringComparer.Ordinal);
        return told with
        {
            Filled = all.Sum(each => each.Filled),

            // Values of one part are in another, too: what is known is the most that one has, or those of the records that were kept.
            Distinct = Math.Max(all.Max(each => each.Distinct), parts.SelectMany(part => part.Rows).Select(row => row[column]).OfType<string>().Distinct(StringComparer.Ordinal).Count()),
            IsDistinctCapped = all.Any(each => each.IsDistinctCapped),
            Longest = all.Max(each => each.Longest),
            Kind = told.Kind with { IsCertain = all.Where(each => each.Filled > 0).All(each => each.Kind.IsCertain && each.Kind.Value == told.Kind.Value) },
            Conversion = conversion,
            Nulls = Sum(nulls),
            Frequent = Sum(frequent),
        };
    }

    private static ValueCount[] Sum(ILookup<string, ValueCount> counts)
        => [.. counts.Select(same => new ValueCount(same.Key, same.Sum(each => each.Records))).OrderByDescending(each => each.Records).ThenBy(each => each.Value, StringComparer.Ordinal)];

    // The first reading of a part that reads the others as they are written, too.
    private static Found<ConversionDefinition>? Conversion(IReadOnlyList<FileSample> parts, int column)
    {
        Part[] filled = [.. parts.Select(part => Part.Of(part, column)).Where(part => part.Values.Total > 0)];
        Part[] reading = [.. filled.Where(part => part.Found is not null)];
        if (reading.Length == 0)
        {
            return null;
        }

        // What is certain in one part decides for one in which it is not.
        foreach (Found<ConversionDefinition> found in reading.Select(part => part.Found).OfType<Found<ConversionDefinition>>().OrderByDescending(found => found.IsCertain))
        {
            foreach (ConversionDefinition definition in found.Others.Select(other => other.Value).Prepend(found.Value))
            {
                if (filled.All(part => part.Allows(definition)))
                {
                    return definition == found.Value ? found : new(definition, true, "only so all parts can be read", []);
                }
            }
        }

        // Texts in some parts and others in the rest are texts.
        if (reading.Length < filled.Length)
        {
            return null;
        }

        (Part one, Part other) = (reading[0], reading.Skip(1).First(part => !part.Allows(reading[0].Found?.Value)));
        throw new InputException(
            $"{other.Path} is no part of the same object as {one.Path}: the column {one.Values.Name} is written in another way. "
            + $"{one.Path}: {one.Found?.Evidence}. {other.Path}: {other.Found?.Evidence}. Files that differ are pipelines of their own.");
    }

    private sealed record Part(string Path, ColumnValues Values, Found<ConversionDefinition>? Found)
    {
        public static Part Of(FileSample sample, int column)
        {
            ColumnProfile profile = sample.Profile.Columns[column];
            return new Part(
                sample.Profile.Path,
                ColumnValues.Of(profile.Name, profile.Index, sample.Rows.Select(row => row[column]), _ => false, 1, 1, isSample: true),
                profile.Conversion);
        }

        /// <summary>Whether a conversion reads nearly all values, and none otherwise than what is certain here.</summary>
        public bool Allows(ConversionDefinition? definition)
        {
            if (definition is null)
            {
                return false;
            }

            string?[] made = Values.Convert(definition);
            if (Values.Read(made) < Values.Total * NearlyAll && (Found is null || Values.Read(made) < Values.Read(Values.Convert(Found.Value))))
            {
                return false;
            }

            return Found is not { IsCertain: true } || Found.Value.Kind != definition.Kind
                || made.Zip(Values.Convert(Found.Value)).All(pair => pair.First is null || pair.Second is null || pair.First == pair.Second);
        }
    }
}
