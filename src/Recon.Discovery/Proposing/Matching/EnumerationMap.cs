using System.Text;
using Recon.Dataflow.Values.Choice;
using Recon.Discovery.Proposing.Reading;

namespace Recon.Discovery.Proposing.Matching;

/// <summary>Finds what the values of an enumeration become by the values that stand beside them.</summary>
internal static class EnumerationMap
{
    private const int MostValues = 60;
    private const int FewestPairs = 3;
    private const double LeastShare = 0.5;

    /// <param name="file">The column of the file, a value per pair.</param>
    /// <param name="mirror">The mirror's.</param>
    /// <param name="allowsOne">Whether all values may become the same one: nothing but names then says that the columns belong together.</param>
    /// <returns>The candidate's reading, agreement and map; <see langword="null"/> where the columns are no enumerations, or say nothing of each other.</returns>
    public static (ColumnReading Reading, Agreement Agreement, bool[] Agrees, IReadOnlyList<MappedValue> Map, IReadOnlyList<string> Unmapped)? Find(
        EnumerationValues file, EnumerationValues mirror, bool allowsOne = false)
    {
        int[,] together = new int[file.Values.Count, mirror.Values.Count];
        int[] ofFile = new int[file.Values.Count];
        int[] ofMirror = new int[mirror.Values.Count];
        int pairs = 0;
        for (int at = 0; at < file.Codes.Length; at++)
        {
            if (file.Codes[at] >= 0 && mirror.Codes[at] >= 0)
            {
                pairs++;
                together[file.Codes[at], mirror.Codes[at]]++;
                ofFile[file.Codes[at]]++;
                ofMirror[mirror.Codes[at]]++;
            }
        }

        List<MappedValue> map = [];
        List<string> unmapped = [];
        int[] becomes = new int[file.Values.Count];
        double expected = 0;
        int agree = 0;
        for (int value = 0; value < becomes.Length; value++)
        {
            int best = 0;
            for (int other = 1; other < mirror.Values.Count; other++)
            {
                best = together[value, other] > together[value, best] ? other : best;
            }

            int count = together[value, best];
            bool isClear = count >= FewestPairs && count >= ofFile[value] * LeastShare;
            becomes[value] = isClear ? best : -1;
            if (isClear)
            {
                map.Add(new MappedValue(file.Values[value], mirror.Values[best], count, ofFile[value]));
                agree += count;
                expected += (double)ofFile[value] * ofMirror[best] / pairs;
            }
            else if (ofFile[value] > 0)
            {
                unmapped.Add(file.Values[value]);
            }
        }

        if (map.Select(mapped => mapped.Hubspot).Distinct(StringComparer.Ordinal).Take(2).Count() < (allowsOne ? 1 : 2))
        {
            return null;
        }

        bool[] agrees = new bool[file.Codes.Length];
        for (int at = 0; at < agrees.Length; at++)
        {
            agrees[at] = file.Codes[at] >= 0 && mirror.Codes[at] >= 0 && becomes[file.Codes[at]] == mirror.Codes[at];
        }

        var reading = new ColumnReading(
            [new MapDefinition { Values = map.ToDictionary(value => value.Legacy, value => value.Hubspot, StringComparer.Ordinal) }],
            new EnumerationComparisonDefinition(),
            4);
        return (reading, new Agreement(pairs, agree, expected, map.Count), agrees, map, unmapped);
    }

    /// <summary>The values of a column, if they are few.</summary>
    /// <param name="values">A value per pair.</param>
    /// <param name="least">Distinct values that it must have.</param>
    public static EnumerationValues? ValuesOf(byte[]?[] values, int least = 2)
    {
        Dictionary<string, int> codes = new(StringComparer.Ordinal);
        int[] coded = new int[values.Length];
        int filled = 0;
        for (int at = 0; at < values.Length; at++)
        {
            if (values[at] is not { } value)
            {
                coded[at] = -1;
                continue;
            }

            filled++;
            string text = Encoding.UTF8.GetString(value);
            if (!codes.TryGetValue(text, out int code))
            {
                if (codes.Count == MostValues)
                {
                    return null;
                }

                codes[text] = code = codes.Count;
            }

            coded[at] = code;
        }

        return codes.Count >= least && filled >= codes.Count * FewestPairs ? new EnumerationValues([.. codes.Keys], coded) : null;
    }
}

/// <param name="Codes">Per pair the index of its value; -1 for none.</param>
internal sealed record EnumerationValues(IReadOnlyList<string> Values, int[] Codes);
