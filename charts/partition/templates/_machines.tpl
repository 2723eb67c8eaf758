{{- /* Written by `npm run charts`: change the schema, not this file. */ -}}
{{- define "baton.machines" -}}
{
 "dune": {
  "states": [
   {
    "name": "initial",
    "rest": true
   },
   {
    "name": "configured",
    "rest": true
   },
   {
    "name": "ready",
    "rest": false
   },
   {
    "name": "running",
    "rest": false
   },
   {
    "name": "dataflow_drained",
    "rest": false
   },
   {
    "name": "trigger_sources_stopped",
    "rest": false
   }
  ],
  "transitions": [
   {
    "name": "conf",
    "from": [
     "initial"
    ],
    "to": "configured",
    "timeoutMs": 60000,
    "stopPath": false,
    "order": [
     [
      "writer"
     ],
     [
      "builder"
     ],
     [
      "readout"
     ],
     [
      "trigger"
     ]
    ]
   },
   {
    "name": "start",
    "from": [
     "configured"
    ],
    "to": "ready",
    "timeoutMs": 30000,
    "stopPath": false,
    "order": [
     [
      "writer"
     ],
     [
      "builder"
     ],
     [
      "readout"
     ],
     [
      "trigger"
     ]
    ]
   },
   {
    "name": "enable_triggers",
    "from": [
     "ready"
    ],
    "to": "running",
    "timeoutMs": 10000,
    "stopPath": false,
    "order": [
     [
      "writer",
      "builder",
      "readout"
     ],
     [
      "trigger"
     ]
    ]
   },
   {
    "name": "change_rate",
    "from": [
     "ready",
     "running"
    ],
    "timeoutMs": 10000,
    "stopPath": false,
    "order": []
   },
   {
    "name": "disable_triggers",
    "from": [
     "running"
    ],
    "to": "ready",
    "timeoutMs": 2000,
    "stopPath": true,
    "order": [
     [
      "trigger"
     ],
     [
      "readout",
      "builder",
      "writer"
     ]
    ]
   },
   {
    "name": "drain_dataflow",
    "from": [
     "ready"
    ],
    "to": "dataflow_drained",
    "timeoutMs": 10000,
    "stopPath": true,
    "order": [
     [
      "trigger"
     ],
     [
      "readout"
     ],
     [
      "builder"
     ],
     [
      "writer"
     ]
    ]
   },
   {
    "name": "stop_trigger_sources",
    "from": [
     "dataflow_drained"
    ],
    "to": "trigger_sources_stopped",
    "timeoutMs": 4000,
    "stopPath": true,
    "order": [
     [
      "trigger"
     ],
     [
      "readout"
     ],
     [
      "builder"
     ],
     [
      "writer"
     ]
    ]
   },
   {
    "name": "stop",
    "from": [
     "trigger_sources_stopped"
    ],
    "to": "configured",
    "timeoutMs": 4000,
    "stopPath": true,
    "order": [
     [
      "trigger"
     ],
     [
      "readout"
     ],
     [
      "builder"
     ],
     [
      "writer"
     ]
    ]
   },
   {
    "name": "scrap",
    "from": [
     "configured"
    ],
    "to": "initial",
    "timeoutMs": 30000,
    "stopPath": false,
    "order": [
     [
      "trigger"
     ],
     [
      "readout"
     ],
     [
      "builder"
     ],
     [
      "writer"
     ]
    ]
   }
  ]
 },
 "occ": {
  "states": [
   {
    "name": "standby",
    "rest": true
   },
   {
    "name": "configured",
    "rest": true
   },
   {
    "name": "running",
    "rest": false
   }
  ],
  "transitions": [
   {
    "name": "configure",
    "from": [
     "standby"
    ],
    "to": "configured",
    "timeoutMs": 60000,
    "stopPath": false,
    "order": [
     [
      "writer"
     ],
     [
      "builder"
     ],
     [
      "readout"
     ],
     [
      "trigger"
     ]
    ]
   },
   {
    "name": "start",
    "from": [
     "configured"
    ],
    "to": "running",
    "timeoutMs": 30000,
    "stopPath": false,
    "order": [
     [
      "writer"
     ],
     [
      "builder"
     ],
     [
      "readout"
     ],
     [
      "trigger"
     ]
    ]
   },
   {
    "name": "stop",
    "from": [
     "running"
    ],
    "to": "configured",
    "timeoutMs": 20000,
    "stopPath": true,
    "order": [
     [
      "trigger"
     ],
     [
      "readout"
     ],
     [
      "builder"
     ],
     [
      "writer"
     ]
    ]
   },
   {
    "name": "reset",
    "from": [
     "configured"
    ],
    "to": "standby",
    "timeoutMs": 30000,
    "stopPath": false,
    "order": [
     [
      "trigger"
     ],
     [
      "readout"
     ],
     [
      "builder"
     ],
     [
      "writer"
     ]
    ]
   }
  ]
 },
 "minimal": {
  "states": [
   {
    "name": "idle",
    "rest": true
   },
   {
    "name": "running",
    "rest": false
   }
  ],
  "transitions": [
   {
    "name": "start",
    "from": [
     "idle"
    ],
    "to": "running",
    "timeoutMs": 10000,
    "stopPath": false,
    "order": []
   },
   {
    "name": "stop",
    "from": [
     "running"
    ],
    "to": "idle",
    "timeoutMs": 10000,
    "stopPath": true,
    "order": []
   }
  ]
 }
}
{{- end }}
