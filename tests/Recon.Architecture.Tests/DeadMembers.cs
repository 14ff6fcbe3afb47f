using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Recon.Architecture.Tests;

/// <summary>
/// Types and members that nothing refers to but themselves and documentation; assigning a value is no use of it. Apart
/// are what is public, what implements or overrides something, and what JSON or a definition reads or writes by name.
/// </summary>
internal static class DeadMembers
{
    private static readonly SymbolDisplayFormat s_format
        = SymbolDisplayFormat.CSharpErrorMessageFormat.WithMemberOptions(SymbolDisplayMemberOptions.IncludeContainingType);

    public static IEnumerable<(Place Place, string Name)> In(SourceTree tree)
    {
        HashSet<ISymbol> used = new(tree.Files.SelectMany(file => UsesIn(tree.Compilation, file)), SymbolEqualityComparer.Default);
        HashSet<ISymbol> byName = NamedInData(tree);
        return from file in tree.Files
               let model = tree.Compilation.GetSemanticModel(file)
               from node in file.GetRoot().DescendantNodes()
               from symbol in Declared(model, node)
               where !used.Contains(symbol) && !IsReachedOtherwise(symbol) && !byName.Contains(symbol.ContainingType)
               select (Place.Of(node), symbol.ToDisplayString(s_format));
    }

    private static IEnumerable<ISymbol> Declared(SemanticModel model, SyntaxNode node)
    {
        switch (node)
        {
            case VariableDeclaratorSyntax { Parent.Parent: BaseFieldDeclarationSyntax }:
            case BaseTypeDeclarationSyntax or DelegateDeclarationSyntax or MethodDeclarationSyntax or BasePropertyDeclarationSyntax or EnumMemberDeclarationSyntax:
            case ConstructorDeclarationSyntax:
                if (model.GetDeclaredSymbol(node) is { } declared)
                {
                    yield return declared;
                }

                break;
            case ParameterSyntax { Parent.Parent: RecordDeclarationSyntax record } parameter:
                if (model.GetDeclaredSymbol(record)!.GetMembers(parameter.Identifier.ValueText).OfType<IPropertySymbol>().FirstOrDefault() is { } property)
                {
                    yield return property;
                }

                break;
        }
    }

    private static bool IsReachedOtherwise(ISymbol symbol)
        => symbol.IsOverride
            || symbol is IMethodSymbol { MethodKind: MethodKind.StaticConstructor or MethodKind.UserDefinedOperator or MethodKind.Conversion or MethodKind.ExplicitInterfaceImplementation }
            || symbol is IPropertySymbol { ExplicitInterfaceImplementations.Length: > 0 }
            || IsPublic(symbol)
            || Implements(symbol);

    /// <summary>What source-generated JSON writes, enumerations that a definition names, and interpolated string handlers.</summary>
    private static HashSet<ISymbol> NamedInData(SourceTree tree)
    {
        HashSet<ISymbol> found = new(SymbolEqualityComparer.Default);
        Stack<ITypeSymbol> toSee = new(tree.Types.SelectMany(type => type.GetAttributes())
            .Where(attribute => attribute.AttributeClass?.Name == "JsonSerializableAttribute")
            .Select(attribute => attribute.ConstructorArguments[0].Value).OfType<ITypeSymbol>());
        while (toSee.TryPop(out ITypeSymbol? type))
        {
            if (found.Add(type))
            {
                IEnumerable<ITypeSymbol> parts = type.DeclaringSyntaxReferences.IsEmpty
                    ? []
                    : type.GetMembers().OfType<IPropertySymbol>().Select(property => property.Type);
                foreach (ITypeSymbol part in parts.Concat((type as INamedTypeSymbol)?.TypeArguments ?? []).Append((type as IArrayTypeSymbol)?.ElementType).OfType<ITypeSymbol>())
                {
                    toSee.Push(part);
                }
            }
        }

        found.UnionWith(from type in tree.Types
                        from property in type.GetMembers().OfType<IPropertySymbol>()
                        where Has(property, "OptionAttribute")
                        from named in (ITypeSymbol[])[property.Type, .. (property.Type as INamedTypeSymbol)?.TypeArguments ?? []]
                        where named.TypeKind == TypeKind.Enum
                        select named);
        found.UnionWith(tree.Types.Where(type => Has(type, "InterpolatedStringHandlerAttribute")));
        return found;
    }

    private static bool Has(ISymbol symbol, string attribute) => symbol.GetAttributes().Any(each => each.AttributeClass?.Name == attribute);

    private static bool IsPublic(ISymbol? symbol)
    {
        for (; symbol is not null and not INamespaceSymbol; symbol = symbol.ContainingSymbol)
        {
            if (symbol.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Implements(ISymbol symbol)
        => symbol.ContainingType is { } type
            && type.AllInterfaces.SelectMany(face => face.GetMembers(symbol.Name))
                .Any(member => SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(member), symbol));

    private static IEnumerable<ISymbol> UsesIn(CSharpCompilation compilation, SyntaxTree file)
    {
        SemanticModel model = compilation.GetSemanticModel(file);
        foreach (SyntaxNode node in file.GetRoot().DescendantNodes())
        {
            SymbolInfo found = node is SimpleNameSyntax or BaseObjectCreationExpressionSyntax or ConstructorInitializerSyntax or PrimaryConstructorBaseTypeSyntax
                or AttributeSyntax or ElementAccessExpressionSyntax or ElementBindingExpressionSyntax or ImplicitElementAccessSyntax
                ? model.GetSymbolInfo(node) : default;
            foreach (ISymbol symbol in found.Symbol is { } one ? [one] : found.CandidateSymbols)
            {
                ISymbol definition = (symbol as IMethodSymbol)?.ReducedFrom?.OriginalDefinition ?? symbol.OriginalDefinition;
                if (!DeclaresOrIsInside(definition, node) && !IsOnlySet(definition, node))
                {
                    yield return definition;
                }

                // Its methods are called as extensions, so that nothing names the type.
                if (definition is IMethodSymbol { IsExtensionMethod: true } && !DeclaresOrIsInside(definition.ContainingType, node))
                {
                    yield return definition.ContainingType;
                }
            }
        }
    }

    private static bool IsOnlySet(ISymbol symbol, SyntaxNode node)
        => symbol is IFieldSymbol or IPropertySymbol { SetMethod: not null }
            && !HasBody(symbol)
            && (node.Parent is MemberAccessExpressionSyntax access && access.Name == node ? access : node) is { } target
            && target.Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } set
            && set.Left == target
            && set.Parent is ExpressionStatementSyntax or InitializerExpressionSyntax or ArrowExpressionClauseSyntax;

    private static bool HasBody(ISymbol symbol)
        => symbol.DeclaringSyntaxReferences.Any(at => at.GetSyntax() is PropertyDeclarationSyntax property
            && (property.AccessorList?.Accessors.Any(accessor => accessor.Body is not null || accessor.ExpressionBody is not null) ?? true));

    private static bool DeclaresOrIsInside(ISymbol symbol, SyntaxNode node)
        => symbol.DeclaringSyntaxReferences.Any(at => at.SyntaxTree == node.SyntaxTree && at.Span.Contains(node.Span));
}
