using System.Globalization;

namespace Recon.Samples;

/// <summary>Puts the planned dirt on a record's values.</summary>
internal sealed class RecordDefect
{
    private readonly ISampleSource _source;
    private readonly int _text;
    private readonly int _textProperty;
    private readonly int _parent;
    private readonly int _deleted;
    private readonly int[] _nulls;

    public RecordDefect(ISampleSource source)
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
            case DefectKind.SoftDeleted:
                row.Cells[_deleted] = "1";
                break;
            case DefectKind.RepeatDisagrees or DefectKind.RepeatDisagreesFar:
                row.Cells[_text] = text + " bis";
                break;
            case DefectKind.NullWord or DefectKind.NotAvailable or DefectKind.Dash or DefectKind.AutoText:
                string spelling = plan.Dirt switch
                {
                    DefectKind.NullWord => "NULL",
                    DefectKind.NotAvailable => "N/A",
                    DefectKind.Dash => "-",
                    _ => "#AUTO#",
                };
                foreach (int column in _nulls)
                {
                    row.Cells[column] = spelling;
                }

                break;
            case DefectKind.PaddedText:
                row.Cells[_text] = " \u00A0" + text + "  ";
                break;
            case DefectKind.Mojibake:
                row.Cells[_text] = row.Hubspot[_textProperty] = "SociÃ©tÃ© " + text;
                break;
            case DefectKind.ReplacementCharacter:
                row.Cells[_text] = row.Hubspot[_textProperty] = "Soci\uFFFDt\uFFFD " + text;
                break;
            case DefectKind.FormulaEquals or DefectKind.FormulaPlus or DefectKind.FormulaMinus or DefectKind.FormulaAt:
                row.Cells[_text] = plan.Dirt switch
                {
                    DefectKind.FormulaEquals => "=",
                    DefectKind.FormulaPlus => "+",
                    DefectKind.FormulaMinus => "-",
                    _ => "@",
                } + text;
                row.Differs(_textProperty);
                break;
            default:
                break;
        }
    }
}
