namespace Recon.Samples;

/// <summary>
/// Where the dirt of one file is: each kind once per period, at fixed places, spread evenly. The first places of a period
/// are clean: they are the originals of far repeats, and a file of a few records has no dirt.
/// </summary>
internal sealed class DefectSchedule
{
    private const int CleanStart = 40;
    private const int ShortestPeriod = 300;
    private const int LongestPeriod = 4_096;

    private readonly DefectKind[] _kinds;
    private readonly int[] _originals;
    private readonly int[] _disagreeing;

    /// <param name="rows">The records of the file. Up to 4,096 of them each kind occurs once, then again every 4,096.</param>
    /// <param name="kinds">The kinds, in order; one may be named several times.</param>
    public DefectSchedule(long rows, IReadOnlyList<DefectKind> kinds)
    {
        Period = (int)Math.Clamp(rows, ShortestPeriod, LongestPeriod);
        _kinds = new DefectKind[Period];
        _originals = new int[Period];
        _disagreeing = new int[Period];
        Array.Fill(_originals, -1);
        Array.Fill(_disagreeing, -1);

        int far = 0;
        for (int i = 0; i < kinds.Count; i++)
        {
            int at = CleanStart + 2 + (int)((long)(Period - CleanStart - 2) * i / kinds.Count);
            _kinds[at] = kinds[i];
            _originals[at] = kinds[i] switch
            {
                DefectKind.RepeatAgrees or DefectKind.RepeatPaddedId or DefectKind.RepeatDisagrees => at - 1,
                DefectKind.RepeatFar or DefectKind.RepeatDisagreesFar => 3 + (4 * far++),
                _ => -1,
            };
            if (kinds[i] == DefectKind.RepeatAgrees)
            {
                // Three rows for one record, as the joins behind real exports make them. The place is free.
                _kinds[at + 1] = DefectKind.RepeatAgrees;
                _originals[at + 1] = at - 1;
            }

            if (kinds[i] is DefectKind.RepeatDisagrees or DefectKind.RepeatDisagreesFar)
            {
                _disagreeing[_originals[at]] = at;
            }
        }
    }

    /// <summary>The number of records after which the places repeat.</summary>
    public int Period { get; }

    public DefectKind Kind(long index) => _kinds[index % Period];

    /// <summary>The record that a record repeats; itself when it repeats none.</summary>
    public long Original(long index) => Partner(index, _originals) is var original and >= 0 ? original : index;

    /// <summary>The later record that repeats a record and disagrees with it; -1 when there is none.</summary>
    public long Disagreeing(long index) => Partner(index, _disagreeing);

    private long Partner(long index, int[] partners)
    {
        int place = (int)(index % Period);
        return partners[place] < 0 ? -1 : index - place + partners[place];
    }
}
