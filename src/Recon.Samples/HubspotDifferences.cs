using System.Globalization;
using System.Numerics;

namespace Recon.Samples;

/// <summary>Makes HubSpot's values differ by meaning where the plan says so.</summary>
internal static class HubspotDifferences
{
    /// <summary>Changes the planned properties. One that either side does not have stays: that is never an update.</summary>
    /// <param name="columns">For each property, the index of its column in the file.</param>
    public static void Apply(ulong differences, SampleObject sampleObject, int[] columns, SampleRow row)
    {
        for (ulong rest = differences; rest != 0; rest &= rest - 1)
        {
            int property = BitOperations.TrailingZeroCount(rest);
            string? value = row.Hubspot[property];
            if (value is null || RecordDefect.IsBlank(row.Cells[columns[property]]))
            {
                continue;
            }

            // One in four, decided by the value, is missing in HubSpot.
            bool isMissing = (value.Length + value[^1]) % 4 == 0;
            row.Hubspot[property] = isMissing ? null : Other(sampleObject.Properties[property], value);
            if (isMissing || sampleObject.Properties[property].Kind != SampleValueKind.UnassignedPhone)
            {
                row.Differs(property);
            }
        }
    }

    private static string Other(SampleProperty property, string value)
    {
        if (property.Values is { } values)
        {
            return values[(Array.IndexOf(values, value) + 1) % values.Length];
        }

        return property.Kind switch
        {
            SampleValueKind.Number => (decimal.Parse(value, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture),
            SampleValueKind.Domain => "ancien-" + value,
            SampleValueKind.Url => "https://ancien.example/",
            SampleValueKind.Phone or SampleValueKind.UnassignedPhone => value[..^1] + (char)('0' + ((value[^1] - '0' + 1) % 10)),
            SampleValueKind.Email => "ancien." + value,
            SampleValueKind.Date => ParisTime.Day(DateTime.ParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture).AddDays(1)),
            SampleValueKind.Timestamp => ParisTime.Timestamp(
                DateTime.ParseExact(value[..19], "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture).AddDays(1)),
            _ => value + " - ancien",
        };
    }
}
