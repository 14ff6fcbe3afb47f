namespace Recon.Dataflow.Binding;

/// <summary>A place in a definition file.</summary>
/// <param name="JsonPath">The place in the document, such as <c>$.pipelines[0].name</c>.</param>
internal readonly record struct DefinitionLocation(string JsonPath, int Line, int Column);

/// <summary>Where the records of a definition stand in its file. They are told apart by identity, not by value.</summary>
internal sealed class DefinitionLocations
{
    private readonly Dictionary<object, (SourceNode Node, string Path)> _places = new(ReferenceEqualityComparer.Instance);
    private readonly SourceText _text;

    internal DefinitionLocations(SourceText text) => _text = text;

    /// <summary>The file, as the user named it.</summary>
    public string File => _text.File;

    /// <summary>Finds a record, one of its members, or an item of a member that is a list.</summary>
    /// <param name="node">A record of the definition, as the reader made it.</param>
    /// <param name="member">The property's name (<c>nameof</c>) or its key in the file; <see langword="null"/> for the record.</param>
    /// <param name="index">The item's index, from 0; <see langword="null"/> for the member.</param>
    /// <returns>
    /// The place. A member that is not in the file is found at its record; a record that is not in the file (a default,
    /// or a changed copy) at <c>$</c>, line 1, column 1.
    /// </returns>
    public DefinitionLocation Find(object node, string? member = null, int? index = null)
    {
        if (Locate(node, member, index) is not { } place)
        {
            return new DefinitionLocation("$", 1, 1);
        }

        (int line, int column) = _text.PositionOf(place.Node.Offset);
        return new DefinitionLocation(place.Path, line, column);
    }

    /// <summary>Whether the file gives a member, other than as null.</summary>
    /// <param name="node">A record of the definition, as the reader made it.</param>
    /// <param name="member">The property's name or its key in the file.</param>
    public bool Gives(object node, string member) =>
        _places.TryGetValue(node, out (SourceNode Node, string Path) place)
        && FindMember(place.Node, node, member) is { Value.Kind: not SourceKind.Null };

    /// <summary>A problem with a record or one of its members.</summary>
    /// <param name="member">The property's name or its key in the file; <see langword="null"/> for the record.</param>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="index">The item's index in a member that is a list.</param>
    public DefinitionProblem Problem(object node, string? member, string message, int? index = null)
    {
        DefinitionLocation at = Find(node, member, index);
        return new DefinitionProblem(File, at.JsonPath, at.Line, at.Column, message);
    }

    internal void Add(object bound, SourceNode node, string path) => _places[bound] = (node, path);

    /// <summary>The path of <see cref="Find"/>, without the cost of line and column.</summary>
    internal string PathOf(object node, string member) => Locate(node, member, null)?.Path ?? "$";

    private (SourceNode Node, string Path)? Locate(object node, string? member, int? index)
    {
        if (!_places.TryGetValue(node, out (SourceNode Node, string Path) place))
        {
            return null;
        }

        if (member is null || FindMember(place.Node, node, member) is not { } found)
        {
            return place;
        }

        string path = DefinitionPath.Member(place.Path, found.Name);
        return index is { } item && item < found.Value.Items.Count
            ? (found.Value.Items[item], DefinitionPath.Item(path, item))
            : (found.Value, path);
    }

    private static SourceMember? FindMember(SourceNode at, object node, string member)
    {
        ShapeMember? known = DefinitionShape.IsRecord(node.GetType())
            ? DefinitionShape.Of(node.GetType()).Members.FirstOrDefault(candidate => candidate.Property.Name == member || candidate.Key == member)
            : null;
        return known is null
            ? at.Members.Find(candidate => candidate.Name == member)
            : at.Members.Find(candidate => candidate.Name == known.Key || candidate.Name == known.Option.Formerly);
    }
}
