using Recon.Dataflow.Definition;

namespace Recon.Postgres.Wire;

/// <summary>Which columns a tuple holds, in order.</summary>
internal sealed class TupleLayout
{
    public TupleLayout(RowLayout layout)
    {
        List<string> all = [.. layout.Written.Select(column => column.Name)];
        List<string> unchanged = [.. all.Except(CommonColumns.Changes)];
        (Columns, UnchangedColumns) = (all, unchanged);
    }

    /// <summary>The columns of a tuple with all fields, in order.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The columns of a tuple without the fields of <see cref="CommonColumns.Changes"/>, in order.</summary>
    public IReadOnlyList<string> UnchangedColumns { get; }
}
