using System.Globalization;

namespace Recon.Samples;

/// <summary>Puts the planned dirt on a record's values.</summary>
internal sealed class RecordDirt
{
    private readonly ISampleSource _source;
    private readonly int _text;
    private readonly int _textProperty;
    private readonly int _parent;
    private readonly int _deleted;
    private readonly int[] _nulls;

    /// <summary>Finds the columns that dirt is put on.</summary>
    public RecordDirt(ISampleSource source)
    {
        _source = source;
        SampleObject o = source.Object;
        _text = o.Cell(o.TextColumn);
        _textProperty = o.Properties.Index().First(property => property.Item.Column == o.TextColumn).Index;
        _parent = o.ParentIdColumn is null ? -1 : o.Cell(o.ParentIdColumn);
        _deleted = o.DeletedColumn is null ? -1 : o.Cell(o.DeletedColumn);
        _nulls = [.. o.NullColumns.Select(o.Cell)];
    }

    /// <summary>Whether a text of the file means "no value".</summary>
    public static bool IsBlank(string? cell) => string.IsNullOrEmpty(cell) || cell is "NULL" or "N/A" or "-" or "#AUTO#";

    /// <summary>Puts the planned dirt on a record.</summary>
    public void Apply(in RecordPlan plan, SampleRow row)
    {
        row.Cells[0] = plan.WrittenId;
        row.Holds(plan.Dirt);
        if (plan.IsRepeat && _parent >= 0)
        {
            row.Cells[_parent] = _source.OtherParent(plan.Identity)?.ToString(CultureInfo.InvariantCulture);
        }

        string text = row.Cells[_text]!;
        switch (plan.Dirt)
        {
            case DirtKind.SoftDeleted:
                row.Cells[_deleted] = "1";
                break;
            case DirtKind.RepeatDisagrees or DirtKind.RepeatDisagreesFar:
                row.Cells[_text] = text + " bis";
                break;
            case DirtKind.NullWord or DirtKind.NotAvailable or DirtKind.Dash or DirtKind.AutoText:
                string spelling = plan.Dirt switch
                {
                    DirtKind.NullWord => "NULL",
                    DirtKind.NotAvailable => "N/A",
                    DirtKind.Dash => "-",
                    _ => "#AUTO#",
                };
                foreach (int column in _nulls)
                {
                    row.Cells[column] = spelling;
                }

                break;
            case DirtKind.PaddedText:
                row.Cells[_text] = " \u00A0" + text + "  ";
                break;
            case DirtKind.Mojibake:
                row.Cells[_text] = row.Hubspot[_textProperty] = "SociÃ©tÃ© " + text;
                break;
            case DirtKind.ReplacementCharacter:
                row.Cells[_text] = row.Hubspot[_textProperty] = "Soci\uFFFDt\uFFFD " + text;
                break;
            case DirtKind.FormulaEquals or DirtKind.FormulaPlus or DirtKind.FormulaMinus or DirtKind.FormulaAt:
                row.Cells[_text] = plan.Dirt switch
                {
                    DirtKind.FormulaEquals => "=",
                    DirtKind.FormulaPlus => "+",
                    DirtKind.FormulaMinus => "-",
                    _ => "@",
                } + text;
                row.Differs(_textProperty);
                break;
            default:
                break;
        }
    }
}
