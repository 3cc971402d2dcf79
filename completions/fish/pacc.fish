# Written by docs/generate.py from the command tree; changes made here are lost.

set -g __pacc_valued --flow-name --flow-run --from --limit --num-logs --output --profile --since --sort --state --state-type --tag --task-run-name --timeout -n -o -p

function __pacc_typed --description 'the words typed so far that are no options'
    set -l skip 0
    for word in (commandline -opc)[2..]
        if test $skip -eq 1
            set skip 0
        else if contains -- $word $__pacc_valued
            set skip 1
        else if not string match -q -- '-*' $word
            echo $word
        end
    end
end

function __pacc_under --description 'the words typed so far begin with these'
    set -l typed (__pacc_typed)
    set -l i 0
    for wanted in (string split -n ' ' -- $argv)
        set i (math $i + 1)
        contains -- "$typed[$i]" (string split '|' -- $wanted); or return 1
    end
    return 0
end

function __pacc_at --description 'the words typed so far are exactly these'
    test (count (__pacc_typed)) -eq (count (string split -n ' ' -- $argv)); and __pacc_under $argv
end

complete -c pacc -f
complete -c pacc -n "__pacc_at ''" -a flow -d 'See the flows that have been run.'
complete -c pacc -n "__pacc_at ''" -a flow-run -d 'See flow runs, their logs and how they ended.'
complete -c pacc -n "__pacc_at ''" -a task-run -d 'See task runs, their logs and how they ended.'
complete -c pacc -n "__pacc_at ''" -a config -d 'View and change settings.'
complete -c pacc -n "__pacc_at ''" -a profile -d 'Choose and change profiles.'
complete -c pacc -n "__pacc_at ''" -a db -d 'Copy the store, or bring a copy back.'
complete -c pacc -n "__pacc_at ''" -a doctor -d 'Look the store and the home over; exit 3 where something is wrong.'
complete -c pacc -n "__pacc_at ''" -a version -d 'Show the version and where pacc keeps its things.'
complete -c pacc -n "__pacc_at ''" -l profile -s p -r -d 'Use the settings of this profile.'
complete -c pacc -n "__pacc_at ''" -l prompt -l no-prompt -d 'Ask before something is deleted, or never ask.'
complete -c pacc -n "__pacc_at ''" -l no-color -d 'Write no colours.'
complete -c pacc -n "__pacc_at ''" -l debug -d 'Show the traceback of an error.'
complete -c pacc -n "__pacc_at ''" -l version -s v -d 'Show the version.'
complete -c pacc -n "__pacc_at ''" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_at 'flow|flows'" -a ls -d 'List flows, the newest first.'
complete -c pacc -n "__pacc_at 'flow|flows'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'flow|flows ls'" -l limit -r -d 'Show at most this many.'
complete -c pacc -n "__pacc_under 'flow|flows ls'" -l output -s o -x -a 'table json plain' -d 'A table for people, json with every field, or plain tab-separated lines.'
complete -c pacc -n "__pacc_under 'flow|flows ls'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_at 'flow-run|flow-runs'" -a inspect -d 'Show everything about a flow run: where it stands, when it ran, what it was given.'
complete -c pacc -n "__pacc_at 'flow-run|flow-runs'" -a ls -d 'List flow runs, the newest first.'
complete -c pacc -n "__pacc_at 'flow-run|flow-runs'" -a delete -d 'Delete a flow run with its task runs and its log.'
complete -c pacc -n "__pacc_at 'flow-run|flow-runs'" -a logs -d 'Show what a flow run and its task runs logged, oldest line first.'
complete -c pacc -n "__pacc_at 'flow-run|flow-runs'" -a watch -d 'Follow a flow run, its states and its log, until it ends. Fails unless the run completes.'
complete -c pacc -n "__pacc_at 'flow-run|flow-runs'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs inspect'" -l output -s o -x -a 'table json plain' -d 'A table for people, json with every field, or plain tab-separated lines.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs inspect'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs ls'" -l flow-name -r -d 'Only runs of this flow; repeat for more.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs ls'" -l limit -r -d 'Show at most this many.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs ls'" -l state -r -d 'Only runs in a state of this name.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs ls'" -l state-type -x -a 'SCHEDULED PENDING RUNNING COMPLETED FAILED CANCELLED CRASHED PAUSED CANCELLING' -d 'Only runs in a state of this type: completed, failed, crashed, running, ...'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs ls'" -l tag -r -d 'Only runs with this tag; repeat for more.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs ls'" -l since -r -d 'Only runs expected to start since then: "2h", "yesterday", "09:30", 2026-11-20.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs ls'" -l subflows -l no-subflows -d 'Runs that other flow runs called, too.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs ls'" -l sort -x -a 'ID_DESC START_TIME_ASC START_TIME_DESC EXPECTED_START_TIME_ASC EXPECTED_START_TIME_DESC NAME_ASC NAME_DESC NEXT_SCHEDULED_START_TIME_ASC END_TIME_DESC' -d 'start_time_desc, start_time_asc, end_time_desc, name_asc, ...'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs ls'" -l output -s o -x -a 'table json plain' -d 'A table for people, json with every field, or plain tab-separated lines.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs ls'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs delete'" -l yes -s y -d 'Don\'t ask.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs delete'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs logs'" -l head -s h -d 'Only the first lines, 20 unless -n says.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs logs'" -l num-logs -s n -r -d 'How many lines to show.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs logs'" -l reverse -s r -d 'The newest line first.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs logs'" -l tail -s t -d 'Only the last lines, 20 unless -n says.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs logs'" -l follow -s f -d 'Go on with new lines until the run ends.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs logs'" -l output -s o -x -a 'table json plain' -d 'A table for people, json with every field, or plain tab-separated lines.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs logs'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs watch'" -l timeout -r -d 'Give up after so many seconds.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs watch'" -l output -s o -x -a 'table json plain' -d 'A table for people, json with every field, or plain tab-separated lines.'
complete -c pacc -n "__pacc_under 'flow-run|flow-runs watch'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_at 'task-run|task-runs'" -a inspect -d 'Show everything about a task run: where it stands, when it ran, what went into it.'
complete -c pacc -n "__pacc_at 'task-run|task-runs'" -a ls -d 'List task runs, the newest first.'
complete -c pacc -n "__pacc_at 'task-run|task-runs'" -a logs -d 'Show what a task run logged, oldest line first.'
complete -c pacc -n "__pacc_at 'task-run|task-runs'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'task-run|task-runs inspect'" -l output -s o -x -a 'table json plain' -d 'A table for people, json with every field, or plain tab-separated lines.'
complete -c pacc -n "__pacc_under 'task-run|task-runs inspect'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'task-run|task-runs ls'" -l task-run-name -r -d 'Only runs of this name; repeat for more.'
complete -c pacc -n "__pacc_under 'task-run|task-runs ls'" -l limit -r -d 'Show at most this many.'
complete -c pacc -n "__pacc_under 'task-run|task-runs ls'" -l state -r -d 'Only runs in a state of this name.'
complete -c pacc -n "__pacc_under 'task-run|task-runs ls'" -l state-type -x -a 'SCHEDULED PENDING RUNNING COMPLETED FAILED CANCELLED CRASHED PAUSED CANCELLING' -d 'Only runs in a state of this type: completed, failed, crashed, running, ...'
complete -c pacc -n "__pacc_under 'task-run|task-runs ls'" -l tag -r -d 'Only runs with this tag; repeat for more.'
complete -c pacc -n "__pacc_under 'task-run|task-runs ls'" -l flow-run -r -d 'Only task runs of this flow run: name, id, @last.'
complete -c pacc -n "__pacc_under 'task-run|task-runs ls'" -l sort -x -a 'ID_DESC EXPECTED_START_TIME_ASC EXPECTED_START_TIME_DESC NAME_ASC NAME_DESC NEXT_SCHEDULED_START_TIME_ASC END_TIME_DESC' -d 'expected_start_time_desc, end_time_desc, name_asc, ...'
complete -c pacc -n "__pacc_under 'task-run|task-runs ls'" -l output -s o -x -a 'table json plain' -d 'A table for people, json with every field, or plain tab-separated lines.'
complete -c pacc -n "__pacc_under 'task-run|task-runs ls'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'task-run|task-runs logs'" -l head -s h -d 'Only the first lines, 20 unless -n says.'
complete -c pacc -n "__pacc_under 'task-run|task-runs logs'" -l num-logs -s n -r -d 'How many lines to show.'
complete -c pacc -n "__pacc_under 'task-run|task-runs logs'" -l reverse -s r -d 'The newest line first.'
complete -c pacc -n "__pacc_under 'task-run|task-runs logs'" -l tail -s t -d 'Only the last lines, 20 unless -n says.'
complete -c pacc -n "__pacc_under 'task-run|task-runs logs'" -l output -s o -x -a 'table json plain' -d 'A table for people, json with every field, or plain tab-separated lines.'
complete -c pacc -n "__pacc_under 'task-run|task-runs logs'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_at 'config'" -a set -d 'Set settings in the active profile.'
complete -c pacc -n "__pacc_at 'config'" -a unset -d 'Take settings out of the active profile.'
complete -c pacc -n "__pacc_at 'config'" -a view -d 'Show the settings and where they come from.'
complete -c pacc -n "__pacc_at 'config'" -a validate -d 'Check every place settings are in.'
complete -c pacc -n "__pacc_at 'config'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'config set'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'config unset'" -l yes -s y -d 'Don\'t ask.'
complete -c pacc -n "__pacc_under 'config unset'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'config view'" -l show-defaults -l hide-defaults -d 'Settings nobody set as well.'
complete -c pacc -n "__pacc_under 'config view'" -l show-sources -l hide-sources -d 'Where each value comes from.'
complete -c pacc -n "__pacc_under 'config view'" -l show-secrets -l hide-secrets -d 'Secrets in the clear.'
complete -c pacc -n "__pacc_under 'config view'" -l output -s o -x -a 'table json plain' -d 'A table for people, json with every field, or plain tab-separated lines.'
complete -c pacc -n "__pacc_under 'config view'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'config validate'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_at 'profile|profiles'" -a ls -d 'List the profiles.'
complete -c pacc -n "__pacc_at 'profile|profiles'" -a create -d 'Create a profile.'
complete -c pacc -n "__pacc_at 'profile|profiles'" -a use -d 'Make a profile the active one.'
complete -c pacc -n "__pacc_at 'profile|profiles'" -a delete -d 'Delete a profile.'
complete -c pacc -n "__pacc_at 'profile|profiles'" -a rename -d 'Give a profile another name.'
complete -c pacc -n "__pacc_at 'profile|profiles'" -a inspect -d 'Show what a profile sets.'
complete -c pacc -n "__pacc_at 'profile|profiles'" -a populate-defaults -d 'Write the profiles that come with pacc to the profiles file.'
complete -c pacc -n "__pacc_at 'profile|profiles'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'profile|profiles ls'" -l output -s o -x -a 'table json plain' -d 'A table for people, json with every field, or plain tab-separated lines.'
complete -c pacc -n "__pacc_under 'profile|profiles ls'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'profile|profiles create'" -l from -r -d 'Start with the settings of this profile.'
complete -c pacc -n "__pacc_under 'profile|profiles create'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'profile|profiles use'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'profile|profiles delete'" -l yes -s y -d 'Don\'t ask.'
complete -c pacc -n "__pacc_under 'profile|profiles delete'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'profile|profiles rename'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'profile|profiles inspect'" -l output -s o -x -a 'table json plain' -d 'A table for people, json with every field, or plain tab-separated lines.'
complete -c pacc -n "__pacc_under 'profile|profiles inspect'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'profile|profiles populate-defaults'" -l yes -s y -d 'Don\'t ask.'
complete -c pacc -n "__pacc_under 'profile|profiles populate-defaults'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_at 'db'" -a backup -d 'Copy the store into one file and check the copy; runs may go on meanwhile.'
complete -c pacc -n "__pacc_at 'db'" -a restore -d 'Put a copy in the place of the store; what was there before is set aside.'
complete -c pacc -n "__pacc_at 'db'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'db backup'" -l yes -s y -d 'Don\'t ask.'
complete -c pacc -n "__pacc_under 'db backup'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'db restore'" -l yes -s y -d 'Don\'t ask.'
complete -c pacc -n "__pacc_under 'db restore'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'doctor'" -l output -s o -x -a 'table json plain' -d 'A table for people, json with every field, or plain tab-separated lines.'
complete -c pacc -n "__pacc_under 'doctor'" -l help -d 'Show this message and exit.'
complete -c pacc -n "__pacc_under 'version'" -l output -s o -x -a 'table json plain' -d 'A table for people, json with every field, or plain tab-separated lines.'
complete -c pacc -n "__pacc_under 'version'" -l help -d 'Show this message and exit.'
