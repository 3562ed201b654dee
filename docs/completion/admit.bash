# Completion of admit in bash. Loaded by the package bash-completion where it is installed by the
# name of the command; otherwise to be sourced. tests/package holds it against --help.

_admit_commands="run acquire renew release cancel check pools pool leases waiters history worker
    evict top demo version"
_admit_pool_commands="show set pause resume drain delete"
_admit_settings="limit= mode= note= default_ttl= max_ttl= max_waiters= max_wait= claim=
    start_within= label."
_admit_acquire_options="--wait --slots --ttl --keep --worker --request-id --label"

# The options of a command, besides those that all have.
_admit_options_of() {
    case $1 in
        run)
            echo "$_admit_acquire_options --no-wait --not-admitted-status --grace --if-unreachable"
            echo "--verbose"
            ;;
        acquire) echo "$_admit_acquire_options --json" ;;
        renew) echo "--ttl --json" ;;
        release) echo "--outcome --json" ;;
        pool\ pause | pool\ drain) echo "--note --json" ;;
        pool\ delete) echo "--force" ;;
        evict) echo "--worker --json" ;;
        top) echo "--interval --once" ;;
        "") echo "--version" ;;
        demo | pool) ;;
        *) echo "--json" ;;
    esac
}

_admit_takes_value() {
    case $1 in
        --url | -w | --wait | --slots | --ttl | --keep | --worker | --request-id | --label | -E | \
            --not-admitted-status | --grace | --if-unreachable | --outcome | --note | --interval) ;;
        *) return 1 ;;
    esac
}

# The names of the pools of the running server; nothing where there is none, and soon.
_admit_pools() {
    timeout 2 "$@" pools --json 2>/dev/null </dev/null |
        grep -oE '[[,]\{"pool":"[^"]+' | cut -d '"' -f 4
}

# What may stand at a command's word of that number, from 1.
_admit_words_of() {
    case $1:$2 in
        :1) echo "$_admit_commands" ;;
        pool:1) echo "$_admit_pool_commands" ;;
        pool\ set:1 | run:1 | acquire:1 | check:1 | leases:1 | waiters:1 | history:1 | evict:1 | \
            pool\ *:1) _admit_pools "${@:3}" ;;
        pool\ set:*) echo "$_admit_settings" ;;
    esac
}

_admit_offer() {
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current")
    # A setting goes on behind its sign. (Outside of a completion there is nothing to tell.)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=.] ]]; then
        compopt -o nospace 2>/dev/null || true
    fi
}

# The command behind `admit run POOL --`, which begins at the word of that index.
_admit_run_command() {
    if declare -F _command_offset >/dev/null; then
        _command_offset "$1"
        return
    fi
    compopt -o filenames 2>/dev/null
    if ((COMP_CWORD == $1)); then
        mapfile -t COMPREPLY < <(compgen -A command -- "$current")
    else
        mapfile -t COMPREPLY < <(compgen -A file -- "$current")
    fi
}

_admit() {
    local current=${COMP_WORDS[COMP_CWORD]} begun="" words=() i
    COMPREPLY=()

    # bash splits at = and : too; all but what is being written is put together again.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        if ((i > 1)) && [[ ${COMP_WORDS[i]} == [:=]* || ${COMP_WORDS[i - 1]} == [:=]* ]]; then
            begun=${words[-1]}
            words[-1]+=${COMP_WORDS[i]}
        else
            begun=""
            words+=("${COMP_WORDS[i]}")
        fi
        if [[ ${COMP_WORDS[i]} == -- && " ${words[*]} " == *" run "* ]] && ((i < COMP_CWORD)); then
            _admit_run_command $((i + 1))
            return
        fi
    done
    if [[ $current == [:=] ]]; then
        begun=${words[-1]}
        current=""
    fi
    unset 'words[-1]'

    # What stands before: the command, the number of its next word, and the server.
    local previous="" command="" number=1 word admit=("${COMP_WORDS[0]}")
    for word in "${words[@]}"; do
        if _admit_takes_value "$previous"; then
            [[ $previous == --url ]] && admit+=(--url "$word")
            word=""
        elif [[ $word == --url=* ]]; then
            admit+=("$word")
        elif [[ $word != -* ]]; then
            if [[ -z $command || $command == pool ]]; then
                command+="${command:+ }$word"
            else
                number=$((number + 1))
            fi
        fi
        previous=$word
    done

    case ${begun:-$previous} in
        --if-unreachable | --if-unreachable=) _admit_offer "fail wait run" ;;
        --outcome | --outcome=) _admit_offer "ok dropped failed" ;;
        mode=) _admit_offer "open paused draining" ;;
        *)
            if [[ -n $begun ]] || _admit_takes_value "$previous"; then
                return
            elif [[ $current == -* ]]; then
                _admit_offer "$(_admit_options_of "$command") --url --help"
            else
                _admit_offer "$(_admit_words_of "$command" "$number" "${admit[@]}")"
            fi
            ;;
    esac
}

complete -F _admit admit
