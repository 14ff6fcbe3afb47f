using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing.Matching;
using Recon.Discovery.Proposing.Names;
using Recon.Discovery.Proposing.Reading;

namespace Recon.Discovery.Proposing;

/// <summary>Proposes by names what values say too little about.</summary>
internal static class NamedPairs
{
    private const double LeastName = 0.7;
    private const int FewPairs = 25;
    private const double AgreesAnyway = 0.5;
    private const double NearlyConstant = 0.8;

    /// <param name="files">Columns of the file that no property is made from.</param>
    /// <param name="mirrors">Columns of the mirror that nothing is made for.</param>
    /// <returns>Choices that are not certain, and the names of pairs that values speak against.</returns>
    public static (IReadOnlyList<PropertyChoice> Choices, IReadOnlyList<(int File, int Mirror, Agreement Agreement)> Contradicted) Find(
        PairedRows rows, ColumnComparer comparer, IReadOnlyList<ColumnName> fileNames, IReadOnlyList<ColumnName> mirrorNames, IReadOnlyList<int> files, IReadOnlyList<int> mirrors)
    {
        List<PropertyChoice> choices = [];
        List<(int, int, Agreement)> contradicted = [];
        HashSet<int> usedFiles = [];
        HashSet<int> usedMirrors = [];
        foreach ((int file, int mirror, double name) in files
            .SelectMany(file => mirrors.Select(mirror => (File: file, Mirror: mirror, Name: fileNames[file].Likeness(mirrorNames[mirror]))))
            .Where(pair => pair.Name >= LeastName).OrderByDescending(pair => pair.Name))
        {
            if (usedFiles.Contains(file) || usedMirrors.Contains(mirror))
            {
                continue;
            }

            (ColumnReading? reading, Agreement agreement, bool[] agrees) = comparer.Read(file, mirror);
            if (reading is null)
            {
                continue;
            }

            // No value says how the column is written but its own.
            if (agreement.Agree == 0 && Declared(rows.File[file]) is { } declared && comparer.Under(declared, file, mirror) is { } under)
            {
                (reading, agreement, agrees) = (declared, under.Agreement, under.Agrees);
            }

            if (agreement.Share < AgreesAnyway && Constant(rows, file, mirror, name) is { } constant)
            {
                _ = usedFiles.Add(file);
                _ = usedMirrors.Add(mirror);
                choices.Add(constant);
                continue;
            }

            if (agreement.Pairs >= FewPairs && agreement.Deviations < 2.5 && agreement.Share < AgreesAnyway)
            {
                contradicted.Add((file, mirror, agreement));
                continue;
            }

            _ = usedFiles.Add(file);
            _ = usedMirrors.Add(mirror);
            bool isEmpty = rows.FileValues(file).All(value => value is null) || rows.MirrorValues(mirror).All(value => value is null);
            string doubt = isEmpty ? "one side has no values; the names say so"
                : agreement.Pairs < FewPairs ? "there are too few pairs to tell; the names say so"
                : agreement.Share >= AgreesAnyway ? "nearly all records have the same value, so that the values do not tell; the names say so"
                : "few pairs agree; the names say so";
            choices.Add(new PropertyChoice(new Candidate(file, mirror, reading, agreement, agrees, name), false, true, doubt, []) { ComparesOnly = agreement.Agree == 0 });
        }

        return (choices, contradicted);
    }

    private static ColumnReading? Declared(ColumnProfile column)
        => column.Conversion is { Value: var conversion } ? new ColumnReading([conversion], ConversionChain.ProducedBy([conversion]), 0) : null;

    // Nearly all records of the mirror have one value: what stands beside it becomes it.
    private static PropertyChoice? Constant(PairedRows rows, int file, int mirror, double name)
    {
        if (new EnumerationComparisonDefinition().WhyNot(rows.Mirror[mirror].Type) is not null
            || EnumerationMap.ValuesOf(rows.FileValues(file), least: 1) is not { } values
            || EnumerationMap.ValuesOf(rows.MirrorValues(mirror), least: 1) is not { } held
            || EnumerationMap.Find(values, held, allowsOne: true) is not { Agreement.Share: >= NearlyConstant } map)
        {
            return null;
        }

        int most = held.Codes.Where(code => code >= 0).GroupBy(code => code).Max(same => same.Count());
        return most < held.Codes.Count(code => code >= 0) * NearlyConstant ? null : new PropertyChoice(
            new Candidate(file, mirror, map.Reading, map.Agreement, map.Agrees, name) { Map = map.Map, Unmapped = map.Unmapped },
            false,
            true,
            "nearly all records have the same value, so that the values do not tell; the names say so",
            []);
    }
}
