using System.Collections;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Binding;

/// <summary>
/// Turns a JSON tree into definition records, and lists whatever does not fit. A value that does not fit leaves its
/// default behind, so that the rest can still be checked.
/// </summary>
internal sealed class DefinitionBinder(
    SourceText text, DefinitionLocations locations, List<DefinitionProblem> problems, List<DefinitionWarning> warnings)
{
    /// <returns>The record, or <see langword="null"/> when the tree is no object.</returns>
    public object? BindRecord(Type type, SourceNode node, string path)
    {
        DefinitionShape shape = DefinitionShape.Of(type);
        bool isBare = node.Kind == SourceKind.String && shape.Bare is not null;
        if (node.Kind != SourceKind.Object && !isBare)
        {
            Report(node.Offset, path, $"must be {(shape.Bare is null ? "an object" : "a string or an object")}, not {node.Describe()}");
            return null;
        }

        object record = shape.New();
        locations.Add(record, node, path);
        if (isBare)
        {
            shape.Bare!.SetValue(record, node.Text);
            return record;
        }

        Dictionary<string, SourceMember> given = UniqueMembers(node, path);
        HashSet<string> meant = [];
        foreach (SourceMember member in given.Values)
        {
            if (shape.Find(member.Name) is { } known)
            {
                if (member.Name != known.Key)
                {
                    ReportFormer(known, member, given, path);
                }

                BindMember(record, known, member.Value, DefinitionPath.Member(path, member.Name));
            }
            else if ((shape.Kind is null || member.Name != "kind") && problems.Count < DefinitionProblem.MaxListed)
            {
                string[] free = [.. shape.Members.Where(candidate => !IsGiven(candidate, given)).Select(candidate => candidate.Key)];
                string? nearest = Suggestion.Nearest(member.Name, free);
                _ = nearest is not null && meant.Add(nearest);
                string hint = nearest is null
                    ? Suggestion.Hint(member.Name, shape.Keys, always: false)
                    : $"; did you mean '{nearest}'?";
                Report(
                    member.Offset,
                    DefinitionPath.Member(path, member.Name),
                    $"unknown key '{DefinitionPath.Cut(member.Name)}'{hint}");
            }
        }

        // An object that a syntax error cut short may well have had the key further on.
        foreach (ShapeMember member in shape.Members.Where(member => node.Closed && member.Option.Required))
        {
            if (!IsGiven(member, given) && !meant.Contains(member.Key))
            {
                Report(node.Offset, path, $"missing key '{member.Key}': {member.Option.Description}");
            }
        }

        return record;
    }

    private static bool IsGiven(ShapeMember member, Dictionary<string, SourceMember> given)
        => given.ContainsKey(member.Key) || (member.Option.Formerly is { } former && given.ContainsKey(former));

    private void ReportFormer(ShapeMember known, SourceMember member, Dictionary<string, SourceMember> given, string parent)
    {
        string path = DefinitionPath.Member(parent, member.Name);
        if (given.TryGetValue(known.Key, out SourceMember? present))
        {
            (int line, _) = text.PositionOf(present.Offset);
            Report(member.Offset, path, $"'{member.Name}' is the old spelling of '{known.Key}', which is given in line {line}; leave one of them out");
        }
        else if (warnings.Count < DefinitionProblem.MaxListed)
        {
            (int line, int column) = text.PositionOf(member.Offset);
            warnings.Add(new DefinitionWarning(
                text.File, path, line, column, $"'{member.Name}' is now '{known.Key}'; the old spelling still works"));
        }
    }

    private void BindMember(object record, ShapeMember member, SourceNode node, string path)
    {
        if (member.Option.Required && node is { Kind: SourceKind.String } && string.IsNullOrWhiteSpace(node.Text))
        {
            Report(node.Offset, path, "must not be empty");
        }
        else if (Bind(member.Type, node, path, member.Option) is { } value)
        {
            member.Property.SetValue(record, value);
        }
    }

    private object? Bind(OptionType type, SourceNode node, string path, OptionAttribute option)
    {
        if (node.Kind == SourceKind.Null)
        {
            if (!type.Nullable)
            {
                Report(node.Offset, path, "must not be null; leave the key out to get the default");
            }

            return null;
        }

        return type.Kind switch
        {
            ValueKind.List => BindList(type, node, path, option),
            ValueKind.Dictionary => BindDictionary(type, node, path, option),
            ValueKind.Record => BindRecord(type.Clr, node, path),
            ValueKind.Union => BindUnion(type.Clr, node, path),
            _ => ScalarBinder.Bind(type, node, option, message => Report(node.Offset, path, message)),
        };
    }

    private object? BindList(OptionType type, SourceNode node, string path, OptionAttribute option)
    {
        if (node.Kind != SourceKind.Array)
        {
            Report(node.Offset, path, $"must be a list, not {node.Describe()}; write [ ] around it");
            return null;
        }

        IList list = type.NewList();
        for (int index = 0; index < node.Items.Count; index++)
        {
            // Items that do not fit are left out; they have been reported.
            if (Bind(type.Element!, node.Items[index], DefinitionPath.Item(path, index), option) is { } item)
            {
                list.Add(item);
            }
        }

        return list;
    }

    private object? BindDictionary(OptionType type, SourceNode node, string path, OptionAttribute option)
    {
        if (node.Kind != SourceKind.Object)
        {
            Report(node.Offset, path, $"must be an object, not {node.Describe()}");
            return null;
        }

        IDictionary dictionary = type.NewDictionary();
        foreach (SourceMember member in UniqueMembers(node, path).Values)
        {
            object? value = Bind(type.Element!, member.Value, DefinitionPath.Member(path, member.Name), option);
            if (value is not null || type.Element!.Nullable)
            {
                dictionary[member.Name] = value;
            }
        }

        return dictionary;
    }

    private object? BindUnion(Type union, SourceNode node, string path)
    {
        IReadOnlyList<(string Kind, Type Type, bool Shorthand)> cases = DefinitionShape.CasesOf(union);
        string[] kinds = [.. cases.Select(each => each.Kind)];
        bool allShort = cases.All(each => each.Shorthand);
        SourceMember? kind = node.Members.Find(member => member.Name == "kind");
        SourceNode? name = node.Kind == SourceKind.String ? node : kind?.Value;
        if (name is null)
        {
            if (node.Kind != SourceKind.Object)
            {
                string bare = !cases.Any(each => each.Shorthand) ? "" : allShort ? $" or one of {string.Join(", ", kinds)}" : " or the name of a kind";
                Report(node.Offset, path, $"must be an object{bare}, not {node.Describe()}");
            }
            else if (node.Closed)
            {
                Report(node.Offset, path, $"missing key 'kind': one of {string.Join(", ", kinds)}");
            }

            return null;
        }

        string namePath = ReferenceEquals(name, node) ? path : DefinitionPath.Member(path, "kind");
        if (name.Kind != SourceKind.String)
        {
            Report(name.Offset, namePath, $"must be a string, not {name.Describe()}");
            return null;
        }

        int index = Array.IndexOf(kinds, name.Text);
        if (index < 0)
        {
            string hint = Suggestion.Hint(name.Text, kinds, always: allShort);
            Report(name.Offset, namePath, $"unknown kind '{DefinitionPath.Cut(name.Text)}'{hint}");
            return null;
        }

        if (node.Kind == SourceKind.Object)
        {
            return BindRecord(cases[index].Type, node, path);
        }

        if (!cases[index].Shorthand)
        {
            Report(node.Offset, path, $"'{name.Text}' needs options: write {{ \"kind\": \"{name.Text}\", … }}");
            return null;
        }

        object record = DefinitionShape.Of(cases[index].Type).New();
        locations.Add(record, node, path);
        return record;
    }

    private Dictionary<string, SourceMember> UniqueMembers(SourceNode node, string path)
    {
        Dictionary<string, SourceMember> unique = [];
        foreach (SourceMember member in node.Members)
        {
            if (!unique.TryAdd(member.Name, member) && problems.Count < DefinitionProblem.MaxListed)
            {
                (int line, _) = text.PositionOf(unique[member.Name].Offset);
                Report(
                    member.Offset,
                    DefinitionPath.Member(path, member.Name),
                    $"duplicate key '{DefinitionPath.Cut(member.Name)}'; it is already given in line {line}");
            }
        }

        return unique;
    }

    private void Report(int offset, string path, string message)
    {
        if (problems.Count < DefinitionProblem.MaxListed)
        {
            problems.Add(text.ProblemAt(offset, path, message));
        }
    }
}
