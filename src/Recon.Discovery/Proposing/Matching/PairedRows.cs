using System.Text;
using Recon.Dataflow.Batches;
using Recon.Discovery.Profiling;
using Recon.Postgres.Discovery;

namespace Recon.Discovery.Proposing.Matching;

/// <summary>Records of the file beside the mirror's records with the same id, column by column.</summary>
internal sealed class PairedRows
{
    private readonly byte[]?[][] _file;
    private readonly byte[]?[][] _mirror;

    private PairedRows(FileSample file, IReadOnlyList<MirrorColumn> mirror, IReadOnlyList<(string?[] File, byte[]?[] Mirror)> pairs)
    {
        File = file.Profile.Columns;
        Mirror = mirror;
        Count = pairs.Count;
        _file = [.. File.Select((_, column) => pairs.Select(pair => pair.File[column] is { Length: > 0 } text ? Encoding.UTF8.GetBytes(text) : null).ToArray())];
        _mirror = [.. Mirror.Select((_, column) => pairs.Select(pair => pair.Mirror[column]).ToArray())];
    }

    public IReadOnlyList<ColumnProfile> File { get; }

    public IReadOnlyList<MirrorColumn> Mirror { get; }

    public int Count { get; }

    /// <summary>A column of the file, a value per pair.</summary>
    public byte[]?[] FileValues(int column) => _file[column];

    /// <summary>A column of the mirror, a value per pair.</summary>
    public byte[]?[] MirrorValues(int column) => _mirror[column];

    public int MirrorIndex(string name)
    {
        for (int column = 0; column < Mirror.Count; column++)
        {
            if (Mirror[column].Name == name)
            {
                return column;
            }
        }

        return -1;
    }

    /// <summary>Joins by the cores of ids: the first record of the file and the first row of the mirror for each.</summary>
    /// <param name="most">Pairs, at most.</param>
    public static PairedRows Join(FileSample file, int idColumn, MirrorSample mirror, string key, int most)
    {
        int keyColumn = mirror.Columns.ToList().FindIndex(column => column.Name == key);
        int archived = mirror.Columns.ToList().FindIndex(column => Filters.IsArchived(column.Name));
        Dictionary<string, byte[]?[]> rows = new(StringComparer.Ordinal);
        foreach (byte[]?[] row in mirror.Rows)
        {
            if (row[keyColumn] is { } value && IdCores.Of(Encoding.UTF8.GetString(value)) is { Length: > 0 } core
                && (!rows.TryGetValue(core, out byte[]?[]? former) || (archived >= 0 && IsTrue(former[archived]) && !IsTrue(row[archived]))))
            {
                rows[core] = row;
            }
        }

        List<(string?[] File, byte[]?[] Mirror)> pairs = [];
        foreach (string?[] record in file.Rows)
        {
            if (record[idColumn] is { } id && IdCores.Of(id) is var core && rows.Remove(core, out byte[]?[]? row))
            {
                pairs.Add((record, row));
                if (pairs.Count == most)
                {
                    break;
                }
            }
        }

        return new PairedRows(file, mirror.Columns, pairs);
    }

    private static bool IsTrue(byte[]? value) => value is [(byte)'t', ..] or [(byte)'1'];
}
