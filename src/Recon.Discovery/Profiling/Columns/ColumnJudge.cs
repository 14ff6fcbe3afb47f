namespace Recon.Discovery.Profiling.Columns;

/// <summary>Tells what the values of a column are: the first kind that holds for most of them.</summary>
internal static class ColumnJudge
{
    // Kinds whose values are others', too, come before those: a telephone number is a whole number, an id may be one.
    private static readonly Func<ColumnValues, FileHabits, Judgement?>[] s_judges =
    [
        WebJudge.Email,
        WebJudge.Url,
        DateJudge.Judge,
        ChoiceJudge.Boolean,
        PhoneJudge.Judge,
        TextJudge.Id,
        TextJudge.Code,
        NumberJudge.Judge,
        ChoiceJudge.MultiSelect,
        ChoiceJudge.Enumeration,
        TextJudge.Html,
    ];

    public static Judgement Judge(ColumnValues values, FileHabits habits)
    {
        if (values.Total == 0)
        {
            return values.Ruined > 0
                ? new(new(ColumnKind.Text, false, "all values are what a spreadsheet left of others", []), null)
                : new(new(ColumnKind.Empty, true, "no record has a value", []), null);
        }

        foreach (Func<ColumnValues, FileHabits, Judgement?> judge in s_judges)
        {
            if (judge(values, habits) is { } judgement)
            {
                return judgement;
            }
        }

        return TextJudge.Text(values);
    }
}
