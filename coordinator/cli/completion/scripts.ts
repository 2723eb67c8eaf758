// What a shell reads to complete `baton`. The words themselves come from `baton complete`, so that a script never
// has to be made anew.

/** The shells for which there is a script. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/** Told by `baton complete` in place of words: names of files are wanted, which a shell knows best. */
export const FILES = ':files';

// bash breaks words at `=` and `:`, so the line is read anew; and it replaces only what follows such a break.
const bash = `# bash completion for baton
_baton() {
  local line=\${COMP_LINE:0:COMP_POINT} current candidate broken
  local -a words candidates
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  current=\${words[-1]}
  COMPREPLY=()
  mapfile -t candidates < <("$1" complete -- "\${words[@]:1}" 2>/dev/null </dev/null)
  if [[ \${candidates[0]} == ${FILES} ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "\${current##*=}")
    return
  fi
  broken=
  [[ $current == *[=:]* ]] && broken=\${current%"\${current##*[=:]}"}
  for candidate in "\${candidates[@]}"; do
    candidate=\${candidate%%$'\\t'*}
    COMPREPLY+=("\${candidate#"$broken"}")
    [[ $candidate == *= ]] && compopt -o nospace 2>/dev/null
  done
}
complete -F _baton baton
`;

const zsh = `#compdef baton
# zsh completion for baton
_baton() {
  local -a found whole open
  local each value
  found=("\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null </dev/null)}")
  if [[ \${found[1]} == ${FILES} ]]; then
    compset -P '*='
    _files
    return
  fi
  for each in "\${found[@]}"; do
    [[ -n $each ]] || continue
    value=\${each%%$'\\t'*}
    value=\${value//:/\\\\:}
    if [[ $value == *= ]]; then
      open+=("$value:\${each#*$'\\t'}")
    else
      whole+=("$value:\${each#*$'\\t'}")
    fi
  done
  (( \${#whole} )) && _describe -t words baton whole
  (( \${#open} )) && _describe -t arguments argument open -S ''
}
if [[ \${funcstack[1]} == _baton ]]; then
  _baton "$@"
else
  compdef _baton baton
fi
`;

const fish = `# fish completion for baton
function __baton_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l found ($words[1] complete -- $words[2..-1] "$current" 2>/dev/null </dev/null)
  if test "$found[1]" = ${FILES}
    __fish_complete_path (string replace -r '^--[^=]*=' '' -- "$current")
  else
    printf '%s\\n' $found
  end
end
complete -c baton -f -a '(__baton_complete)'
`;

/** The script of each shell. */
export const SCRIPTS: Readonly<Record<Shell, string>> = { bash, zsh, fish };
