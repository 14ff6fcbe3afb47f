namespace Recon.Cli.Rendering;

/// <summary>What becomes of a column on a terminal that is too narrow for the table.</summary>
internal enum Room
{
    /// <summary>It stays.</summary>
    Needed,

    /// <summary>Its texts are broken into lines, if that leaves it a readable width; one column of a table at most.</summary>
    Broken,

    /// <summary>It is told below its row; of several the last first.</summary>
    Below,

    /// <summary>It goes, after those that can be told below; of several the last first.</summary>
    Spare,
}

/// <summary>A column of a table.</summary>
internal sealed record TableColumn(string Title)
{
    public bool IsNumber { get; init; }

    public Room Room { get; init; }

    /// <summary>Reads a title with its marks, in this order: <c>~</c>, <c>/</c> or <c>?</c> for what may be broken into lines, told below or go, <c>&gt;</c> for numbers.</summary>
    public static implicit operator TableColumn(string marked)
    {
        Room room = marked[..Math.Min(1, marked.Length)] switch { "~" => Room.Broken, "/" => Room.Below, "?" => Room.Spare, _ => Room.Needed };
        string rest = room == Room.Needed ? marked : marked[1..];
        return new TableColumn(rest.TrimStart('>')) { IsNumber = rest.StartsWith('>'), Room = room };
    }
}
