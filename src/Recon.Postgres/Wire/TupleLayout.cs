using Recon.Dataflow.Definition;

namespace Recon.Postgres.Wire;

/// <summary>Which columns a tuple holds, in order. The table has the others by default, or gets them later (<see cref="CommonColumns.Late"/>).</summary>
/// <param name="namesFile">Whether rows say which file they are of.</param>
internal sealed class TupleLayout(RowLayout layout, bool namesFile)
{
    private const string File = "source_file";

    private readonly IReadOnlyList<string>[] _columns = [.. Enumerable.Range(0, 4).Select(kind => Of(layout, namesFile, (kind & 1) != 0, (kind & 2) != 0))];

    /// <summary>The columns of a tuple.</summary>
    /// <param name="isUsual">Whether it has the usual values of <see cref="CommonColumns.Usual"/>, and so is without them.</param>
    /// <param name="hasChanges">Whether it has the fields of <see cref="CommonColumns.Changes"/>.</param>
    public IReadOnlyList<string> Columns(bool isUsual, bool hasChanges) => _columns[(isUsual ? 1 : 0) + (hasChanges ? 2 : 0)];

    private static List<string> Of(RowLayout layout, bool namesFile, bool isUsual, bool hasChanges)
        => [.. layout.Written.Select(column => column.Name)
            .Except(CommonColumns.Late.Select(column => column.Name))
            .Except(namesFile ? [] : [File])
            .Except(isUsual ? CommonColumns.Usual : [])
            .Except(hasChanges ? [] : CommonColumns.Changes)];
}
