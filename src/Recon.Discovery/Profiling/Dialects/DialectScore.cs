namespace Recon.Discovery.Profiling.Dialects;

/// <summary>How well records read in one dialect: records of a table have the same number of fields, and fields hold no separators.</summary>
/// <param name="Points">0 to 1.</param>
/// <param name="Fields">Fields that most records have.</param>
/// <param name="Fitting">Records with as many fields as the first one names, or as most have.</param>
/// <param name="Records">Records, malformed ones among them.</param>
internal readonly record struct DialectScore(double Points, int Fields, int Fitting, int Records)
{
    // What a table has whose first record is none of the others' kind.
    private const double StrangeFirst = 0.7;

    // Of what is a single field nothing can be told.
    private const double HoldsSeparators = 0.4;
    private const double HalfQuoted = 0.6;

    public static DialectScore Of(SampleTable table)
    {
        int total = table.Records.Count + table.Malformed;
        if (table.Records.Count == 0)
        {
            return default;
        }

        string[] first = table.Records[0];
        int named = Array.FindLastIndex(first, name => name.Length > 0) + 1;
        int mode = table.Records.GroupBy(record => record.Length).OrderByDescending(group => group.Count()).ThenBy(group => group.Key).First().Key;
        int byFirst = table.Records.Count(record => record.Length >= named && record.Length <= first.Length);
        int byMode = table.Records.Count(record => record.Length == mode);
        int fitting = Math.Max(byFirst, byMode);
        double share = (double)fitting / total;
        double points = share * share * (1 - (1.0 / (mode + 1))) * Cleanness(table) * (byFirst < byMode && mode != first.Length ? StrangeFirst : 1);
        return new(points, mode, fitting, total);
    }

    private static double Cleanness(SampleTable table)
    {
        double sum = 0;
        int cells = 0;
        foreach (string[] record in table.Records.Take(500))
        {
            foreach (string field in record)
            {
                sum += Cleanness(field);
                cells++;
            }
        }

        return cells == 0 ? 0 : sum / cells;
    }

    private static double Cleanness(string field)
    {
        if (field.Length == 0)
        {
            return 0.9;
        }

        if (field[0] == field[^1] && field.Length > 1 && field[0] is '"' or '\'')
        {
            return HoldsSeparators;
        }

        if (field[0] == '"' || field[^1] == '"')
        {
            return HalfQuoted;
        }

        int commas = 0;
        for (int at = 0; at < field.Length; at++)
        {
            if (field[at] is '\t' or '|' or '\u001F' or '\u001E' or '\u0001' || (field[at] == ';' && at + 1 < field.Length && field[at + 1] != ' '))
            {
                return HoldsSeparators;
            }

            commas += field[at] == ',' && at + 1 < field.Length && !char.IsWhiteSpace(field[at + 1]) ? 1 : 0;
        }

        return commas > 1 ? HoldsSeparators : 1;
    }
}
