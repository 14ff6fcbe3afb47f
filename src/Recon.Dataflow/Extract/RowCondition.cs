using System.Globalization;
using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract;

/// <summary>
/// A test of one column of a batch's rows, made once per run. All tests that the definition gives must hold.
/// Numbers are in invariant notation (<c>-1234.5</c>): both sides must be such numbers to be compared as numbers.
/// </summary>
internal sealed class RowCondition
{
    private readonly int _column;
    private readonly byte[]? _equalTo;
    private readonly byte[][]? _in;
    private readonly byte[][]? _notIn;
    private readonly bool? _isNull;
    private readonly Bound? _min;
    private readonly Bound? _max;

    private RowCondition(ConditionDefinition definition, int column)
    {
        Label = definition.Label;
        _column = column;
        _equalTo = definition.EqualTo is null ? null : Bytes(definition.EqualTo);
        _in = definition.In?.Select(Bytes).ToArray();
        _notIn = definition.NotIn?.Select(Bytes).ToArray();
        _isNull = definition.IsNull;
        _min = definition.Min is null ? null : new Bound(definition.Min);
        _max = definition.Max is null ? null : new Bound(definition.Max);
    }

    /// <summary>Name under which filtered records are counted.</summary>
    public string Label { get; }

    /// <param name="missing">
    /// Optional columns that the file lacks (<see cref="BatchReader.MissingColumns"/>). A test of one never holds, not
    /// even <c>isNull</c>.
    /// </param>
    /// <exception cref="KeyNotFoundException">The column is not in <paramref name="columns"/> and is not optional.</exception>
    public static RowCondition Compile(
        ConditionDefinition definition, SourceColumns columns, IReadOnlySet<string>? missing = null)
    {
        bool absent = definition.Optional
            && (!columns.Names.Contains(definition.Column, StringComparer.OrdinalIgnoreCase)
                || (missing?.Contains(definition.Column, StringComparer.OrdinalIgnoreCase) ?? false));
        return new RowCondition(definition, absent ? -1 : columns.IndexOf(definition.Column));
    }

    /// <summary>Whether all tests hold. A null value equals only <c>""</c>, is in no range and in no list.</summary>
    /// <returns>Whether they hold; <see langword="false"/> when the column is missing.</returns>
    public bool Holds(RecordBatch batch, int row) => _column >= 0 && Holds(batch.Field(row, _column));

    private bool Holds(ReadOnlySpan<byte> value)
        => (_isNull is not bool isNull || value.IsEmpty == isNull)
            && (_equalTo is null || AreEqual(value, _equalTo))
            && (_in is null || IsOneOf(value, _in))
            && (_notIn is null || !IsOneOf(value, _notIn))
            && (_min is null || (!value.IsEmpty && _min.CompareWith(value) >= 0))
            && (_max is null || (!value.IsEmpty && _max.CompareWith(value) <= 0));

    private static bool IsOneOf(ReadOnlySpan<byte> value, byte[][] texts)
    {
        foreach (byte[] text in texts)
        {
            if (AreEqual(value, text))
            {
                return true;
            }
        }

        return false;
    }

    // Hardly any value needs room: conditions have none of their own, as they are shared by all batches.
    private static bool AreEqual(ReadOnlySpan<byte> value, byte[] text)
        => value.SequenceEqual(text)
            || (!CanonicalForm.IsComposed(value) && CanonicalForm.Of(value, new Utf8Scratch()).SequenceEqual(text));

    private static byte[] Bytes(string text)
        => CanonicalForm.Of(Encoding.UTF8.GetBytes(Utf8WhiteSpace.Trim(text)), new Utf8Scratch()).ToArray();

    /// <summary>One end of a range.</summary>
    private sealed class Bound
    {
        private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        private readonly byte[] _text;
        private readonly decimal? _number;

        public Bound(string text)
        {
            _text = Bytes(text);
            _number = decimal.TryParse(_text, Style, CultureInfo.InvariantCulture, out decimal number) ? number : null;
        }

        /// <summary>Less than zero when the value is below the bound. UTF-8 sorts as its code points do.</summary>
        public int CompareWith(ReadOnlySpan<byte> value)
            => _number is decimal bound && decimal.TryParse(value, Style, CultureInfo.InvariantCulture, out decimal number)
                ? number.CompareTo(bound)
                : value.SequenceCompareTo(_text);
    }
}
